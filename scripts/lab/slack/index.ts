export { controlsOf, createSlackClient, type SlackClient } from "./client.ts";
export { startSlack, type LabSlack } from "./start-slack.ts";
export type * from "./types.ts";
