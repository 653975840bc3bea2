import type {
  ActionsBlock,
  Block,
  Button,
  ContextBlock,
  Option,
  Overflow,
  PlainText,
  SectionBlock,
  StaticSelect,
  Text,
} from "../../domain/message.ts";
import { fitPlain, splitText } from "./cut-text.ts";

// Source: Slack, "Block Kit reference".
const MAX_HEADER = 150;
const MAX_SECTION = 3000;
const MAX_FIELDS = 10;
const MAX_FIELD = 2000;
const MAX_CONTEXT_ELEMENTS = 10;
const MAX_CONTEXT = 2000;
const MAX_ACTIONS = 25;
const MAX_LABEL = 75;
const MAX_OVERFLOW_OPTIONS = 5;
const MAX_SELECT_OPTIONS = 100;
const MAX_PLACEHOLDER = 150;
const MAX_INPUT_LABEL = 2000;
// Ten full fields would be more than a message may have.
const MAX_FIELDS_TEXT = 6000;

/** The same block within Slack's limits: as several where one is too long. Only labels of what can be pressed are shortened, with "…". */
export function fitBlock(block: Block): readonly Block[] {
  switch (block.type) {
    case "header":
      return fitHeader(block.text);
    case "section":
      return fitSection(block);
    case "context":
      return fitContext(block);
    case "actions":
      return fitActions(block);
    case "input":
      return [
        {
          ...block,
          label: fitPlain(block.label, MAX_INPUT_LABEL),
          ...(block.hint !== undefined && { hint: fitPlain(block.hint, MAX_INPUT_LABEL) }),
        },
      ];
    case "divider":
      return [block];
  }
}

function fitHeader(text: PlainText): readonly Block[] {
  if (text.text === "") return [];
  return text.text.length <= MAX_HEADER ? [{ type: "header", text }] : fitSection({ type: "section", text });
}

function fitSection({ text, fields = [], accessory, ...rest }: SectionBlock): readonly Block[] {
  const long = fields.filter((field) => field.text.length > MAX_FIELD);
  const short = fields.filter((field) => field.text !== "" && !long.includes(field));
  const sections: readonly SectionBlock[] = [
    ...[...(text === undefined ? [] : [text]), ...long]
      .flatMap((one) => splitText(one, MAX_SECTION))
      .map((part) => ({ ...rest, text: part })),
    ...fieldGroups(short).map((group) => ({ ...rest, fields: group })),
  ];
  if (accessory === undefined) return sections;

  const [element, ...more] = fitElement(accessory);
  const [first, ...others] = sections;
  // A menu that has grown into a select does not fit beside a text here: it goes below.
  if (element === undefined || first === undefined || element.type === "static_select" || more.length > 0)
    return [...sections, ...fitActions({ type: "actions", elements: [accessory] })];
  return [{ ...first, accessory: element }, ...others];
}

function fieldGroups(fields: readonly Text[]): readonly (readonly Text[])[] {
  const groups: Text[][] = [];
  for (const field of fields) {
    const last = groups.at(-1);
    const size = [...(last ?? []), field].reduce((sum, { text }) => sum + text.length, 0);
    if (last === undefined || last.length === MAX_FIELDS || size > MAX_FIELDS_TEXT) groups.push([field]);
    else last.push(field);
  }
  return groups;
}

function fitContext({ elements, ...rest }: ContextBlock): readonly Block[] {
  const texts = elements.flatMap((text) => splitText(text, MAX_CONTEXT));
  return chunks(texts, MAX_CONTEXT_ELEMENTS).map((group): ContextBlock => ({ ...rest, elements: group }));
}

/** Menus that one has grown into share its action_id, which may stand in a row once. */
function fitActions({ elements, ...rest }: ActionsBlock): readonly Block[] {
  const fitted = elements.map(fitElement);
  const row = fitted.flatMap(([first]) => (first === undefined ? [] : [first]));
  const rows = [...chunks(row, MAX_ACTIONS), ...fitted.flatMap(([, ...more]) => more.map((one) => [one]))];
  return rows.map((group): ActionsBlock => ({ ...rest, elements: group }));
}

function fitElement(element: Button | Overflow | StaticSelect): readonly (Button | Overflow | StaticSelect)[] {
  if (element.type === "button") return [{ ...element, text: fitPlain(element.text, MAX_LABEL) }];
  const options = element.options.map((option): Option => ({ ...option, text: fitPlain(option.text, MAX_LABEL) }));
  if (element.type === "overflow" && options.length <= MAX_OVERFLOW_OPTIONS) return [{ ...element, options }];
  const placeholder: PlainText =
    element.type === "overflow" ? { type: "plain_text", text: "More" } : fitPlain(element.placeholder, MAX_PLACEHOLDER);
  return chunks(options, MAX_SELECT_OPTIONS).map((group, index) => ({
    type: "static_select",
    action_id: element.action_id,
    placeholder: index === 0 ? placeholder : { ...placeholder, text: `${placeholder.text.slice(0, MAX_PLACEHOLDER - 10)} (${index + 1})` },
    options: group,
  }));
}

function chunks<Item>(items: readonly Item[], size: number): readonly (readonly Item[])[] {
  return Array.from({ length: Math.ceil(items.length / size) }, (_, index) => items.slice(index * size, (index + 1) * size));
}
