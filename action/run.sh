#!/usr/bin/env bash
# Runs factorlint once, with everything that the later steps need, and decides whether the SARIF log is to be uploaded.
#
# The inputs of the action arrive as INPUT_*; BIN is the command, HEAD_REPOSITORY the one that a pull request comes from.
# Outputs: exit-code, findings, sarif-file, annotations-file, upload, and required if a failing upload is to fail the job.
set -euo pipefail

fail() {
	echo "factorlint: $1" >&2
	exit 2
}

one_of() { # name, value, what it may be
	local name=$1 value=$2
	shift 2
	for word; do
		[[ $value != "$word" ]] || return 0
	done
	fail "$name: want one of $*"
}

one_of untrusted "$INPUT_UNTRUSTED" auto true false
one_of upload "$INPUT_UPLOAD" auto always never
one_of go "$INPUT_GO" auto off
one_of summary "$INPUT_SUMMARY" true false
one_of annotations "$INPUT_ANNOTATIONS" auto always never
[[ $INPUT_SARIF_FILE != *$'\n'* ]] || fail "sarif-file: want one name"

# absolute prints the name $1 so that it does not begin with "-", nor depend on the current folder.
absolute() {
	case $1 in
	/* | [A-Za-z]:*) echo "$1" ;;
	*) echo "$(pwd -W 2>/dev/null || pwd)/$1" ;; # -W: as Windows names it
	esac
}

cd "$(absolute "$INPUT_WORKING_DIRECTORY")"
dir=$(mktemp -d "$RUNNER_TEMP/factorlint.XXXXXX")
sarif=$dir/factorlint.sarif
[[ -z $INPUT_SARIF_FILE ]] || sarif=$(absolute "$INPUT_SARIF_FILE")
[[ ! -f $sarif && ! -L $sarif ]] || rm -- "$sarif" # what is there came with the checkout: it is not to be taken for this run's

# Code that was not reviewed is a stranger's. Only these events are about code that has been merged, or is about to be.
untrusted=$INPUT_UNTRUSTED
if [[ $untrusted == auto ]]; then
	case $GITHUB_EVENT_NAME in
	push | schedule | release | merge_group | workflow_dispatch | repository_dispatch) untrusted=false ;;
	*) untrusted=true ;;
	esac
fi

flags=(--output=text "--output=sarif=$sarif" "--output=github=$dir/annotations" "--output=markdown=$dir/summary.md")
[[ -z $INPUT_CONFIG ]] || flags+=("--config=$INPUT_CONFIG")
[[ -z $INPUT_FAIL_ON ]] || flags+=("--fail-on=$INPUT_FAIL_ON")
[[ -z $INPUT_CATEGORY ]] || flags+=("--category=$INPUT_CATEGORY")
[[ $untrusted == false ]] || flags+=(--untrusted)
[[ $INPUT_GO == auto ]] || flags+=(--disable=go --disable=workload)
read -r -d '' -a args <<<"$INPUT_ARGS" || true # words; read fails because there is no NUL at the end
paths=()
while IFS= read -r line; do
	[[ -z $line ]] || paths+=("$line")
done <<<"$INPUT_PATH"

code=0
"$BIN" check "${flags[@]}" ${args[@]+"${args[@]}"} -- ${paths[@]+"${paths[@]}"} || code=$?

findings=0
if [[ -f $sarif ]]; then
	findings=$(grep -c '^ *"ruleId": ' "$sarif" || true)
fi
if [[ $INPUT_SUMMARY == true && -f $dir/summary.md ]]; then
	cat "$dir/summary.md" >>"$GITHUB_STEP_SUMMARY"
fi

# A log without results, because what they come from could not be analysed, would close the alerts.
upload=false
if [[ $INPUT_UPLOAD != never && -f $sarif ]] && grep -q '^ *"executionSuccessful": true' "$sarif"; then
	upload=true
fi
# The token that GitHub gives to pull requests from forks and to Dependabot may not be allowed to upload.
required=true
if [[ $INPUT_UPLOAD == auto ]] && [[ ${HEAD_REPOSITORY:-$GITHUB_REPOSITORY} != "$GITHUB_REPOSITORY" || $GITHUB_ACTOR == 'dependabot[bot]' ]]; then
	required=false
fi

{
	echo "exit-code=$code"
	echo "findings=$findings"
	echo "sarif-file=$sarif"
	echo "annotations-file=$dir/annotations"
	echo "upload=$upload"
	echo "required=$required"
} >>"$GITHUB_OUTPUT"
