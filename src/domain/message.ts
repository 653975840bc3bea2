/**
 * The part of Slack's Block Kit that Oomph uses. `text` is what notifications and screen readers show. Everything that
 * came from outside must have gone through `escapeMrkdwn` before it gets into an `mrkdwn` text.
 */
export type Message = {
  readonly text: string;
  readonly blocks: readonly Block[];
};

export type Block = HeaderBlock | SectionBlock | ContextBlock | ActionsBlock | DividerBlock | InputBlock;

export type PlainText = { readonly type: "plain_text"; readonly text: string; readonly emoji?: boolean };
export type Mrkdwn = { readonly type: "mrkdwn"; readonly text: string };
export type Text = PlainText | Mrkdwn;

export type HeaderBlock = { readonly type: "header"; readonly text: PlainText };
export type DividerBlock = { readonly type: "divider" };
export type SectionBlock = {
  readonly type: "section";
  readonly text?: Text;
  /** At most 10, 2,000 characters each. */
  readonly fields?: readonly Text[];
  readonly accessory?: Button | Overflow;
};
export type ContextBlock = { readonly type: "context"; readonly elements: readonly Text[] };
export type ActionsBlock = { readonly type: "actions"; readonly elements: readonly (Button | Overflow | StaticSelect)[] };
export type InputBlock = {
  readonly type: "input";
  readonly block_id: string;
  readonly label: PlainText;
  readonly hint?: PlainText;
  readonly optional?: boolean;
  readonly element: {
    readonly type: "plain_text_input";
    readonly action_id: string;
    readonly multiline?: boolean;
    readonly min_length?: number;
    readonly max_length?: number;
    readonly placeholder?: PlainText;
  };
};

/** `value` is an opaque id and nothing else. */
export type Button = {
  readonly type: "button";
  readonly action_id: string;
  readonly text: PlainText;
  readonly value: string;
  readonly style?: "primary" | "danger";
};
export type Overflow = { readonly type: "overflow"; readonly action_id: string; readonly options: readonly Option[] };
export type StaticSelect = {
  readonly type: "static_select";
  readonly action_id: string;
  readonly placeholder: PlainText;
  readonly options: readonly Option[];
};
export type Option = { readonly text: PlainText; readonly value: string };

/** A dialog. `private_metadata` is an opaque id and nothing else. */
export type Modal = {
  readonly type: "modal";
  readonly callback_id: string;
  readonly private_metadata: string;
  readonly title: PlainText;
  readonly submit?: PlainText;
  readonly close?: PlainText;
  readonly blocks: readonly Block[];
};

/** Makes text from outside harmless in `mrkdwn`: no mention, link or command survives. Source: Slack, "Escaping text". */
export function escapeMrkdwn(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");
}
