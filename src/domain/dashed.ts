/** A parameter as it is typed: `atMostKeys` is `at-most-keys`. */
export function dashed(name: string): string {
  return name.replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
}
