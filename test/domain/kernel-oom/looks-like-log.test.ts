import { expect, test } from "vitest";
import { looksLikeSystemLog } from "../../../src/domain/kernel-oom/looks-like-log.ts";

test.each([
  ["dmesg", "[    0.000000] Command line: quiet\n[    1.5] usb 1-1: new device\n"],
  ["dmesg -T", "[Di Aug 12 03:54:03 2025] usb 1-1: new device\n"],
  ["/dev/kmsg", "6,12,1234,-;usb 1-1: new device\n SUBSYSTEM=usb\n"],
  ["syslog", "Jun 11 14:22:20 host sshd[5]: Accepted publickey for root\nJun 11 14:22:20 host CRON[6]: pam_unix\n"],
  ["the journal", '{"__REALTIME_TIMESTAMP":"1720128512000000","SYSLOG_IDENTIFIER":"sshd","MESSAGE":"sshd[5]: x"}\n'],
  ["the journal's export", "__CURSOR=s=1\n__REALTIME_TIMESTAMP=1720128512000000\nMESSAGE=x\n"],
  [
    "a quoted one",
    "> [Tue Mar  3 04:05:06 2026] INFO: task copier:77 blocked for more than 120 seconds.\n> [Tue Mar  3 04:05:06 2026]       Not tainted 6.1.0\n",
  ],
  [
    "a bare failure",
    "kswapd0: page allocation failure: order:0, mode:0x40cc0(GFP_KERNEL)\nCPU: 7 PID: 95 Comm: kswapd0 Not tainted 6.13.1 #1\n",
  ],
])("%s is a system's log", (_name, text) => {
  expect(looksLikeSystemLog(text)).toBe(true);
});

test.each([
  ["nothing", "\n"],
  ["a word", "hello"],
  ["an application's log", "2025-10-24 13:03:00 ERROR dedup: failed\n2025-10-24 13:03:01 INFO ok\n"],
  ["Java", "java.lang.OutOfMemoryError: Java heap space\n\tat x.y(Z.java:1)\n"],
  ["Redis", "1:M 24 Oct 2025 13:03:00.123 # Can't save in background: fork: Cannot allocate memory\n"],
  ["JSON", '{"items":[{"message":"x"}]}'],
  ["INFO", "# Server\nredis_version:7.2.4\n"],
])("%s is not", (_name, text) => {
  expect(looksLikeSystemLog(text)).toBe(false);
});
