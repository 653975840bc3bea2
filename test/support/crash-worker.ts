// A worker process of its own, for tests that kill it: bundled, and then: node program.mjs '<DeskOptions as JSON>'
import { createFakeChat } from "./fake-chat.ts";
import { startDesk, type DeskOptions } from "./desk.ts";
import { startWork } from "./work.ts";

const options: DeskOptions = JSON.parse(process.argv[2] ?? "{}");
startWork(await startDesk(options), createFakeChat());
process.stdout.write("working\n");
