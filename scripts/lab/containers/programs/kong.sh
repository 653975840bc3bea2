#!/bin/sh
# `kong health`, as far as the lab needs it.
[ "$1" = health ] || { echo "Usage: kong health" >&2; exit 64; }
if kill -0 "$(cat /tmp/nginx.pid 2>/dev/null)" 2>/dev/null; then
  echo "nginx.......running"
  echo "Kong is healthy at /usr/local/kong"
else
  echo "nginx.......not running"
  exit 1
fi
