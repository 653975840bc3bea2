// One query or expression: `var='A' labels={instance=a:9100, job=node} value=2.4e+09`, older ones with metric='...' in it.
const READING = /\bvar='([^']{0,100})'[^{}\]]{0,300} ?labels=\{([^{}]{0,2000})\} value=([^\s\],]{1,40})/g;
const MOST_CHARACTERS = 20_000;

export type GrafanaReading = { readonly labels: Readonly<Record<string, string>>; readonly value: string };

/**
 * What Grafana's `valueString` says of the series that an alert is about: their labels, of which the alert itself has only
 * those that the rule did not reduce away, and the first value of a series with labels. Undefined: nothing.
 */
export function readValueString(text: string | undefined): GrafanaReading | undefined {
  const readings = Array.from((text ?? "").slice(0, MOST_CHARACTERS).matchAll(READING), ([, , labels = "", value = ""]) => ({
    labels: labelsIn(labels),
    value,
  }));
  const series = readings.find(({ labels }) => Object.keys(labels).length > 0) ?? readings[0];
  return series === undefined
    ? undefined
    : { value: series.value, labels: Object.assign({}, ...readings.map(({ labels }) => labels).toReversed()) };
}

/** `instance=a:9100, job=node`: a comma belongs to a value unless a name follows it. */
function labelsIn(text: string): Readonly<Record<string, string>> {
  const pairs = text.split(/, ?(?=[A-Za-z_]\w{0,100}=)/).map((pair) => {
    const equals = pair.indexOf("=");
    return [pair.slice(0, equals).trim(), pair.slice(equals + 1).trim()] as const;
  });
  return Object.fromEntries(pairs.filter(([name, value]) => name !== "" && name !== "__proto__" && value !== ""));
}
