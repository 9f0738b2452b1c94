/** Image names, as far as defaults need them. Follows kubernetes pkg/util/parsers (ParseImageName). */

/** The tag that a name means: "latest" where it has neither tag nor digest; '' for a digest alone. */
export function imageTag(image: string): string {
  const digest = image.indexOf('@');
  const name = digest < 0 ? image : image.slice(0, digest);
  const colon = name.lastIndexOf(':');
  if (colon > name.lastIndexOf('/')) return name.slice(colon + 1);
  return digest < 0 ? 'latest' : '';
}

// distribution/reference: what no reference parser takes has no tag at all.
const REFERENCE = /^(?:(?:[a-zA-Z0-9](?:[a-zA-Z0-9-]*[a-zA-Z0-9])?)(?:\.[a-zA-Z0-9](?:[a-zA-Z0-9-]*[a-zA-Z0-9])?)*(?::\d+)?\/)?[a-z0-9]+(?:(?:[._]|__|-+)[a-z0-9]+)*(?:\/[a-z0-9]+(?:(?:[._]|__|-+)[a-z0-9]+)*)*(?::[\w][\w.-]{0,127})?(?:@[A-Za-z][A-Za-z0-9]*(?:[-_+.][A-Za-z][A-Za-z0-9]*)*:[0-9a-fA-F]{32,})?$/;

/** Always for what can change under its name, else IfNotPresent. */
export function imagePullPolicyFor(image: string): string {
  return imageTag(image) === 'latest' && REFERENCE.test(image) ? 'Always' : 'IfNotPresent';
}
