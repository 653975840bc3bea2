// Without user, port or another host in front or behind: `https://sns.eu-west-1.amazonaws.com/...`
const OF_SNS = /^https:\/\/sns\.([a-z0-9-]{3,30})\.amazonaws\.com(?:\.cn)?(\/.*)$/;
const CERTIFICATE = /^\/SimpleNotificationService-[0-9a-zA-Z]{32,64}\.pem$/;
const CONFIRMATION = /^\/\?[\w=&.:%~-]{1,1800}$/;

/** Where SNS of the topic's region keeps what it signs with. */
export function isCertificateUrl(url: string, topicArn: string): boolean {
  return CERTIFICATE.test(pathAt(url, topicArn) ?? "");
}

/** Where SNS of the topic's region is told that a subscription is wanted: that topic's and nothing else's. */
export function isSubscribeUrl(url: string, topicArn: string): boolean {
  if (!CONFIRMATION.test(pathAt(url, topicArn) ?? "")) return false;
  const { searchParams } = new URL(url);
  return searchParams.get("Action") === "ConfirmSubscription" && searchParams.get("TopicArn") === topicArn;
}

function pathAt(url: string, topicArn: string): string | undefined {
  const [, region, path] = OF_SNS.exec(url) ?? [];
  return region === topicArn.split(":", 4)[3] ? path : undefined;
}
