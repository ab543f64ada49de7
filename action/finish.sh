#!/usr/bin/env bash
# Shows annotations where code scanning will not show alerts, and ends as factorlint did.
#
# ANNOTATIONS   when to show them: auto, always or never
# FILE          holds them
# UPLOAD        how the upload ended: success, failure, skipped
# REQUIRED      whether it had to succeed
# EXIT_CODE     of factorlint
set -euo pipefail

if [[ $ANNOTATIONS == always || $ANNOTATIONS == auto && $UPLOAD != success ]] && [[ -f $FILE ]]; then
	cat "$FILE"
fi
if [[ $UPLOAD == failure && $REQUIRED == true ]]; then
	echo "factorlint: the SARIF log could not be uploaded: see the step before. Does the job have the permission security-events: write?" >&2
	((EXIT_CODE > 0)) || EXIT_CODE=2
elif [[ $UPLOAD == failure ]]; then
	echo "factorlint: code scanning does not take the log of this pull request; the findings are in the annotations and in the summary"
fi
exit "$EXIT_CODE"
