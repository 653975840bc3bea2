/** Text that holds JSON, checked against schema.ts when it is read. */
export type JsonText = string;
