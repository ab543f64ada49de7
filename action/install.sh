#!/usr/bin/env bash
# Installs factorlint: a release, whose checksum and attestation are verified, or what is built from the action's own code.
#
# VERSION       the release to install; none for the one that the action is of
# VERIFY        whether to verify the attestation: true, false, or auto for where gh is there
# GH_TOKEN      for gh
#
# Outputs: bin, and go-cache and go-modules if they are to be kept for the next run.
set -euo pipefail

# The runner keeps an action in _actions/OWNER/NAME/REF. What github.action_ref says is of the outermost action that uses it.
repository=factorlint/factorlint ref=''
location=${GITHUB_ACTION_PATH//\\//}
if [[ $location =~ /_actions/([^/]+/[^/]+)/(.+)$ ]]; then
	repository=${BASH_REMATCH[1]} ref=${BASH_REMATCH[2]}
fi
server=${GITHUB_SERVER_URL:-https://github.com}
dir=$(mktemp -d "$RUNNER_TEMP/factorlint.XXXXXX")

fail() {
	echo "factorlint: $1" >&2
	exit 2
}

# wanted prints the release to install, or nothing if the action is of none.
wanted() {
	if [[ -n $VERSION ]]; then
		echo "v${VERSION#v}"
	elif [[ $ref =~ ^v[0-9]+\.[0-9]+\.[0-9]+ ]]; then
		echo "$ref"
	elif [[ $ref =~ ^[0-9a-f]{40}$ ]]; then # an annotated tag has its commit on the line that ends in ^{}
		git -C "$dir" ls-remote --tags "$server/$repository" 'refs/tags/v*.*.*' |
			awk -v sha="$ref" '$1 == sha { sub(/^refs\/tags\//, "", $2); sub(/\^\{\}$/, "", $2); tag = $2 } END { print tag }' ||
			fail "the tags of $repository could not be read"
	fi
}

platform() {
	local os arch
	case ${RUNNER_OS:-$(uname -s)} in
	Linux) os=linux ;;
	macOS | Darwin) os=darwin ;;
	Windows | MINGW* | MSYS*) os=windows ;;
	*) fail "there are no releases for ${RUNNER_OS:-this system}" ;;
	esac
	case ${RUNNER_ARCH:-$(uname -m)} in
	X64 | x86_64) arch=amd64 ;;
	ARM64 | aarch64 | arm64) arch=arm64 ;;
	*) fail "there are no releases for ${RUNNER_ARCH:-this processor}" ;;
	esac
	echo "${os}_$arch"
}

sha256() {
	if command -v sha256sum >/dev/null; then
		sha256sum <"$1"
	else
		shasum -a 256 <"$1"
	fi | cut -d ' ' -f 1
}

download() {
	curl --proto '=https' --tlsv1.2 --fail --location --silent --show-error --retry 3 --output "$2" "$1" ||
		fail "$1 could not be downloaded"
}

# release installs the release $1 for the platform $2 into $dir.
release() {
	local archive=factorlint_${1#v}_$2.tar.gz want got
	if [[ $2 == windows_* ]]; then
		archive=${archive%.tar.gz}.zip
	fi
	download "$server/$repository/releases/download/$1/checksums.txt" "$dir/checksums.txt"
	download "$server/$repository/releases/download/$1/$archive" "$dir/$archive"
	want=$(awk -v name="$archive" '$2 == name { print $1 }' "$dir/checksums.txt")
	got=$(sha256 "$dir/$archive")
	[[ -n $want ]] || fail "checksums.txt of $1 does not name $archive"
	[[ $got == "$want" ]] || fail "$archive has the checksum $got, and not $want as the release says"
	attested "$dir/$archive"
	if [[ $archive == *.zip ]]; then
		unzip -q "$dir/$archive" -d "$dir"
	else
		tar -xzf "$dir/$archive" -C "$dir"
	fi
}

# attested fails unless the release workflow of the repository made the file $1.
attested() {
	if [[ $VERIFY == false ]]; then
		return
	fi
	if ! command -v gh >/dev/null; then
		[[ $VERIFY == auto ]] || fail "gh is needed to verify the attestation"
		echo "no gh here: the checksum was verified, the attestation was not"
		return
	fi
	gh attestation verify "$1" --repo "$repository" --signer-workflow "$repository/.github/workflows/release.yml" ||
		fail "the attestation of ${1##*/} could not be verified"
}

# build builds the code of the action into $dir.
build() {
	command -v go >/dev/null || fail "the action is of no release and there is no Go to build it: give the input version, or run actions/setup-go before"
	echo "the action is of no release: building factorlint from its code"
	(cd "$GITHUB_ACTION_PATH" && GOFLAGS='' GOWORK=off CGO_ENABLED=0 go build -trimpath -o "$dir/" ./cmd/factorlint) ||
		fail "factorlint could not be built"
}

# go_env prints a setting of Go. What is to be checked may ask for another toolchain, so this looks elsewhere.
go_env() { (cd "$dir" && GOTOOLCHAIN=local go env "$1"); }

case $VERIFY in
true | false | auto) ;;
*) fail "verify-attestation: want true, false or auto" ;;
esac
version=$(wanted)
if [[ -z $version ]]; then
	build
elif [[ $version =~ ^v[0-9]+\.[0-9]+\.[0-9]+(-[0-9A-Za-z.-]+)?$ ]]; then
	system=$(platform)
	release "$version" "$system"
else
	fail "version: want one like v0.1.0"
fi

bin=$dir/factorlint
if [[ -e $bin.exe ]]; then
	bin=$bin.exe
fi
"$bin" version
echo "bin=$bin" >>"$GITHUB_OUTPUT"
# Where there are modules, actions/setup-go or the machine itself keeps them, and the build cache.
if command -v go >/dev/null && modules=$(go_env GOMODCACHE) && [[ ! -d $modules/cache/download ]]; then
	{
		echo "go-modules=$modules"
		echo "go-cache=$(go_env GOCACHE)"
	} >>"$GITHUB_OUTPUT"
fi
