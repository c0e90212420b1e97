#!/bin/sh
# The browser tests need a Chromium: the system's if there is one, else Debian's, else Playwright's own.
set -eu
for name in chromium chromium-browser google-chrome; do
  if command -v "$name" > /dev/null; then exit 0; fi
done
if command -v apt-get > /dev/null && [ "$(id -u)" = 0 ]; then
  echo "Installing Chromium for the browser tests ..."
  apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq chromium > /dev/null && exit 0
fi
if .venv/bin/python -m playwright install chromium > /dev/null 2>&1; then exit 0; fi
echo "The browser tests need Chromium, and it could not be installed. Install it by hand, for instance with" >&2
echo "  sudo apt-get install chromium" >&2
echo "and run make test again; make check runs everything that needs no browser." >&2
exit 1
