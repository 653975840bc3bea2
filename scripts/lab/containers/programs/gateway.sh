#!/bin/sh
# A gateway as Kong's image starts it: writes nginx.conf from the environment, then becomes nginx. `auto` counts the cores
# of the host that the lab pretends to have. With more workers than the event bus can serve, counters pile up in shared
# memory until the kernel kills a worker; then they are dropped, and it begins again.
cores=${LAB_HOST_CORES:-36}
workers=${KONG_NGINX_WORKER_PROCESSES:-auto}
[ "$workers" = auto ] && workers=$cores
connections=${KONG_NGINX_WORKER_CONNECTIONS:-16384}
[ -e /etc/group ] || echo 'root:x:0:' >/etc/group

cat >/tmp/nginx.conf <<CONF
user root;
pid /tmp/nginx.pid;
worker_processes $workers;
error_log /dev/stderr notice;
events { worker_connections $connections; }
http {
  access_log off;
  client_body_temp_path /tmp/body;
  proxy_temp_path /tmp/proxy;
  fastcgi_temp_path /tmp/fastcgi;
  uwsgi_temp_path /tmp/uwsgi;
  scgi_temp_path /tmp/scgi;
  server {
    listen 8001;
    location /status { return 200 '{"server":"up"}'; }
  }
}
CONF

counters=/dev/shm/counters
kills() { grep -hs '^oom_kill ' /sys/fs/cgroup/memory/memory.oom_control /sys/fs/cgroup/memory.events; }
event_bus() {
  number=0 known=$(kills)
  while sleep "${LAB_BUS_EVERY_SECONDS:-0.5}"; do
    [ "$workers" -le "${LAB_BUS_WORKERS:-12}" ] && continue
    number=$((number + 1))
    echo "$(date '+%Y/%m/%d %H:%M:%S') [error] $((number % workers + 20))#0: *$number [lua] init.lua:63: flush_data(): error occurred during counters data flush: receive_message: failed to get type: timeout, context: ngx.timer" >&2
    head -c "${LAB_BUS_BYTES:-4194304}" /dev/zero >>"$counters" 2>/dev/null
    now=$(kills)
    [ "$now" = "$known" ] || : >"$counters" # the kernel has killed for it: they are given up
    known=$now
  done
}
event_bus &
exec nginx -e stderr -c /tmp/nginx.conf -g 'daemon off;'
