import type { AlertFacts, AlertSubject } from "../domain/alert.ts";
import { given } from "../domain/given.ts";
import { containersIn } from "./containers-in.ts";
import { labelsInText } from "./labels-in-text.ts";
import { namedInWords } from "./named-in-words.ts";
import { namesIn, redisCalled } from "./names-in.ts";
import { placesByLabel, type Places } from "./places-by-label.ts";
import { isStopWord, placesInText } from "./places-in-text.ts";
import { isLikeMachine, podShape } from "./pod-shape.ts";
import { placesInTitle, titleValues, type TitlePlaces } from "./title-values.ts";
import { redisAddress } from "./redis-address.ts";
import { isOfMachine, victimLabels } from "./victim-labels.ts";

const MOST_NAMES = 20;
const MOST_HOSTS = 3;

type About = AlertSubject["about"];

/**
 * Whose memory an alert is about, as far as it says: by labels, then by words, then by the shape of bare values in its
 * title. `about` undefined: what it names decides. Who reports is left out.
 */
export function subjectOf(facts: AlertFacts, about: About | undefined): AlertSubject {
  const asWritten = writtenOut(facts);
  if (about === "redis") {
    const called = calledByLabel(facts) ?? redisCalled(asWritten) ?? redisAddress(`${facts.name ?? ""}\n${facts.text}`);
    // With its port it is another than without.
    const others = namesIn(asWritten).filter((name) => called?.startsWith(`${name}:`) !== true);
    const names = [...new Set([...others, ...(called === undefined ? [] : [called])])];
    const beside = namedInWords(asWritten).filter((word) => !names.some((name) => name.startsWith(word)));
    return {
      about,
      names: [...names, ...beside].slice(0, MOST_NAMES),
      ...placeOf(placesByLabel(victimLabels(facts.labels))),
      hosts: [],
      ...given({ called }),
    };
  }
  const places = allPlaces(facts, about);
  const kind = about ?? kindOf(facts, places, asWritten);
  const container = kind === "container" ? {} : given({ container: places.container });
  return {
    about: kind,
    names: namesFor(kind, { asWritten, places }),
    hosts: hostsFor(kind, places),
    ...placeOf(places),
    ...container,
  };
}

/** Does it name anybody whose memory it could be? */
export function namesSomebody({ about, names, hosts, namespace, pod, container, owner }: AlertSubject): boolean {
  const isNamed = [namespace, pod, container, owner].some((place) => place !== undefined);
  return about === "redis" || isNamed || names.length > 0 || hosts.length > 0;
}

/** `name` can be anything's, and of an alert about a Redis is its, where it does not say again what the alert is called. */
function calledByLabel({ name, labels }: AlertFacts): string | undefined {
  const called = victimLabels(labels).get("name");
  return called === name || called === labels["alertname"] ? undefined : called;
}

function placeOf(places: Places): Omit<AlertSubject, "about" | "names" | "hosts"> {
  const { cluster, namespace, isNamespaceGuessed, pod, isPodGuessed, owner } = places;
  return given({ cluster, namespace, isNamespaceGuessed, pod, isPodGuessed, owner });
}

/** All of it as text, for those who look for names anywhere. */
function writtenOut({ name, text, labels }: AlertFacts): string {
  const said = Object.entries(labels).filter(([label]) => label !== "cloudwatch_namespace"); // `ECS/ContainerInsights` names no container
  return [name ?? "", text, ...said.map(([label, value]) => `${label}=${value}`)].join("\n");
}

function allPlaces(facts: AlertFacts, about: About | undefined): Places {
  const { name, text, labels } = facts;
  const said = name === null ? text : `${name}\n${text}`;
  const byLabel = placesByLabel(victimLabels({ ...labelsInText(text), ...labels }));
  const byText = placesInText(said);
  const byTitle = guessed(placesInTitle(titleValues(said, name)), { about, said });
  // Of a value that has its name beside it nothing is guessed.
  const named = new Set(Object.values(labels));
  // A pod's namespace is told where the pod is, or by a label.
  const isOfTitle =
    byLabel.pod === undefined && (byText.pod === undefined || (byText.pod === byTitle.pod && byText.namespace === undefined));
  const byWords = isOfTitle
    ? { ...byText, ...given({ pod: byTitle.pod ?? byText.pod, namespace: byTitle.namespace ?? byText.namespace }) }
    : byText;
  const reporters = reportersIn(labels);
  const { pod, namespace, container, owner, cluster } = { ...given(byWords), ...given(byLabel) };
  const ofTitle = byTitle.others.filter((word) => !named.has(word));
  const inWords = namedInWords(said).filter((word) => !reporters.has(word));
  const hosts = [...new Set([...byLabel.hosts, ...byText.hosts.filter((host) => !reporters.has(host))])];
  const isGuessed = isOfTitle && byTitle.namespace !== undefined && byLabel.namespace === undefined;
  const isPodGuessed = isOfTitle && pod === byTitle.pod && pod !== byText.pod && podShape(pod ?? "") === "maybe" && !speaksOfPods(said);
  return {
    ...given({ pod, isPodGuessed: isPodGuessed || undefined, container, owner, cluster }),
    ...given({ namespace, isNamespaceGuessed: isGuessed || undefined }),
    hosts: about === "node" && hosts.length === 0 ? bareMachine([...ofTitle, ...inWords]) : hosts,
    others: [...new Set([...byLabel.others, ...ofTitle, ...inWords])],
  };
}

/** Of an alert about a machine the only word that may name it, where none looks like one; not what it is for. */
function bareMachine(words: readonly string[]): readonly string[] {
  const likely = [...new Set(words)].filter((word) => !isStopWord(word) && !OF_AN_ENVIRONMENT.test(word));
  return likely.length === 1 && !likely.some((word) => LIKE_A_MACHINE.test(word)) ? likely : [];
}

const OF_AN_ENVIRONMENT = /^(?:prod\w{0,10}|stag\w{0,10}|dev\w{0,10}|test\w{0,10}|qa|uat|live|infra\w{0,10}|default|linux|windows)$/i;

/** What the labels of those who report say: a text may say it again. */
function reportersIn(labels: AlertFacts["labels"]): ReadonlySet<string> {
  const kept = new Set(victimLabels(labels).values());
  return new Set(Object.values(labels).filter((value) => !kept.has(value)));
}

type Told = { readonly about: About | undefined; readonly said: string };

/** Machines (`node-7`) and containers of Compose (`shop-web-1`) are called as pods are: where the alert is about such, it is none. */
function guessed(title: TitlePlaces, { about, said }: Told): TitlePlaces {
  const { pod, namespace, others } = title;
  if (pod === undefined || podShape(pod) === "surely") return title;
  const isOfDocker = namespace === undefined && CONTAINER.test(said) && !speaksOfPods(said);
  if (isLikeMachine(pod) && !speaksOfPods(said)) return { others: [...others, pod] };
  return about === "node" || isOfDocker ? { others: [pod, ...others] } : title;
}

/** In words, or in the name of a rule: `PodMemoryHigh`. */
function speaksOfPods(said: string): boolean {
  return KUBERNETES.test(said) || /Pods?(?![a-z])/.test(said);
}

// Words of Kubernetes: a container is then none of Docker's.
const KUBERNETES = /\b(?:pods?|namespace|kube[\w-]{0,60}|k8s|statefulset|deployment|daemonset|replicaset|crashloop\w{0,20})\b/i;
const CONTAINER = /container|docker|contenedor|conteneur|contêiner|contenitore/i;

function kindOf(facts: AlertFacts, { namespace, pod, owner, container, hosts }: Places, asWritten: string): About {
  if (pod !== undefined || owner !== undefined) return "workload";
  if (isOfMachine(facts.labels)) return "node";
  if (namespace !== undefined || (container !== undefined && KUBERNETES.test(asWritten))) return "workload";
  if (CONTAINER.test(asWritten) && !KUBERNETES.test(asWritten)) return "container";
  const isOfProgram = OF_A_PROGRAM.test(facts.name ?? "") || isAddressOnly(facts.labels, hosts);
  return hosts.length > 0 && container === undefined && !isOfProgram ? "node" : "unknown";
}

/** A heap is a program's, whichever machine it is on. */
const OF_A_PROGRAM = /heap|jvm|metaspace|garbage|(?<![a-z])gc(?![a-z])/i;

/** Where a program listens (`instance="orders:8081"`) is the program, whichever machine it is on. */
function isAddressOnly({ instance }: AlertFacts["labels"], hosts: readonly string[]): boolean {
  return instance !== undefined && /:\d{1,5}$/.test(instance) && hosts.every((host) => instance.startsWith(host));
}

type Named = { readonly asWritten: string; readonly places: Places };

function namesFor(kind: About, { asWritten, places: { others, hosts, container, pod, isPodGuessed } }: Named): readonly string[] {
  if (kind === "container") {
    const containers = containersIn(asWritten);
    return containers.length > 0 ? containers : others.slice(0, MOST_NAMES);
  }
  if (kind === "node") return [];
  const addresses = kind === "unknown" ? hosts : [];
  const guess = isPodGuessed === true && pod !== undefined ? [pod] : [];
  return [...new Set([...(container === undefined ? [] : [container]), ...others, ...addresses, ...guess])].slice(0, MOST_NAMES);
}

/** A machine is known by what its exporter's address says, and without the port of it. */
function hostsFor(kind: About, { hosts: named, others }: Places): readonly string[] {
  const isNamed = named.some((host) => !/^\d+$/.test(host)); // Google's `instance_id` is a number by which nobody knows it
  const hosts = kind === "node" && !isNamed ? [...others.filter((word) => LIKE_A_MACHINE.test(word)), ...named] : named;
  const called = kind === "container" ? others.filter(isLikeMachine) : [];
  const bare = [...hosts, ...called].map((host) => host.replace(/:\d{1,5}$/, ""));
  return [...new Set(kind === "container" ? bare : [...hosts.slice(0, 1), ...bare])].slice(0, MOST_HOSTS);
}

// A title without labels' names says of a machine its bare name or address: `node-7`, `ip-10-0-0-5.internal`, `10.0.0.5:9100`.
const LIKE_A_MACHINE = /^[\w-]{0,100}\d[\w.:-]{0,153}$/;
