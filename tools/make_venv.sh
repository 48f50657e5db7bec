#!/bin/sh
# Makes the folder named by $1 a virtual environment with the pinned development tools and mailwatch itself, editable.
# An environment that works is kept. PYTHON=… chooses the interpreter; otherwise the first fit one is taken.
set -eu

venv=${1:?usage: make_venv.sh FOLDER}
export PIP_DISABLE_PIP_VERSION_CHECK=1

fits() { "$1" -c 'import sys, venv; sys.exit(sys.version_info < (3, 11))' >/dev/null 2>&1; }
# Not just `import`: an emptied folder of that name still imports.
has_ensurepip() { "$1" -c 'import ensurepip; ensurepip.version()' >/dev/null 2>&1; }
has_pip() { "$1" -m pip --version >/dev/null 2>&1; }

# Names first, so that pyenv's or the user's own choice wins; the path last, for a shim that points to nothing.
candidates="${PYTHON:-} python3 python3.13 python3.12 python3.11 /usr/bin/python3"

make_environment() {
  bare=
  for python in $candidates; do
    fits "$python" || continue
    if has_ensurepip "$python"; then
      echo "Making $venv with $($python --version) …"
      "$python" -m venv --clear "$venv"
      return
    fi
    bare=${bare:-$python}
  done
  if [ -z "$bare" ]; then
    echo "No Python 3.11 or newer was found. On Debian or Ubuntu: apt-get install python3 python3-venv" >&2
    exit 1
  fi
  if ! has_pip "$bare"; then
    echo "$($bare --version) has neither ensurepip nor pip, so $venv can't be made. On Debian or Ubuntu: apt-get install python3-venv" >&2
    exit 1
  fi
  # Debian splits ensurepip off; its pip can install into an environment that has none.
  echo "Making $venv with $($bare --version), without ensurepip …"
  "$bare" -m venv --clear --without-pip "$venv"
  "$bare" -m pip --python "$venv/bin/python" install --quiet pip
}

if ! fits "$venv/bin/python" || ! has_pip "$venv/bin/python"; then
  make_environment
fi
echo "Installing the pinned development tools into $venv, once: a minute or two, more on a slow line …"
"$venv/bin/python" -m pip install --quiet --require-hashes -r requirements/dev.txt
"$venv/bin/python" -m pip install --quiet --no-deps --no-build-isolation --editable .
