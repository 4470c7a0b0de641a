#!/usr/bin/env bash
# Installs what the tests need and npm does not have: a browser, ripgrep and neovim. Does nothing when all are there.
# For Debian and its relatives, as root or with sudo. On any other system it says what to install.
set -euo pipefail

has_any() {
  local program
  for program in "$@"; do
    if command -v "$program" >/dev/null 2>&1; then return 0; fi
  done
  return 1
}

missing=()
# The same programs as in scripts/host/browser.mjs. On a hosted runner it is google-chrome that is there.
if [ -z "${CHROMIUM:-}" ] && ! has_any chromium chromium-browser google-chrome google-chrome-stable chrome; then missing+=(chromium); fi
has_any rg || missing+=(ripgrep)
has_any nvim || missing+=(neovim)

if [ ${#missing[@]} -eq 0 ]; then
  echo "System packages: all there."
  exit 0
fi

if ! has_any apt-get; then
  echo "Missing: ${missing[*]}. This script installs them with apt-get, which is not on this machine: please install them yourself." >&2
  exit 1
fi

as_root=()
if [ "$(id -u)" -ne 0 ]; then
  # -n: a script in CI must not stop to ask for a password.
  if ! has_any sudo || { [ ! -t 0 ] && ! sudo -n true 2>/dev/null; }; then
    echo "Missing: ${missing[*]}. Installing them takes root: run  sudo $0" >&2
    exit 1
  fi
  as_root=(sudo)
fi

log=$(mktemp)
trap 'rm -f "$log"' EXIT
apt() {
  # "${array[@]+…}": bash 4.3 and older take an empty array for an unset variable.
  if ! "${as_root[@]+"${as_root[@]}"}" env DEBIAN_FRONTEND=noninteractive apt-get "$@" -o DPkg::Lock::Timeout=120 >"$log" 2>&1; then
    tail -n 20 "$log" >&2
    echo "apt-get $1 failed while installing: ${missing[*]}." >&2
    exit 1
  fi
}

echo "System packages: installing ${missing[*]} …"
apt update
apt install --yes --no-install-recommends "${missing[@]}"
echo "System packages: ${missing[*]} installed."
