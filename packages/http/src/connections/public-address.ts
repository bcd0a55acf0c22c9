/**
 * Which addresses are public: those that the registries of special-purpose addresses (RFC 6890 and what followed it) give to
 * nobody's inner network, machine or experiment. An IPv6 address that stands for an IPv4 one is judged by that.
 */
import { BlockList, isIP, isIPv4, isIPv6 } from 'node:net';

const notPublic = makeList([
  '0.0.0.0/8', // this network
  '10.0.0.0/8', // private
  '100.64.0.0/10', // carriers' NAT
  '127.0.0.0/8', // this machine
  '169.254.0.0/16', // link-local, clouds' metadata
  '172.16.0.0/12', // private
  '192.0.0.0/24', // protocols
  '192.0.2.0/24', // documentation
  '192.88.99.0/24', // 6to4 relays, given up
  '192.168.0.0/16', // private
  '198.18.0.0/15', // benchmarks
  '198.51.100.0/24', // documentation
  '203.0.113.0/24', // documentation
  '224.0.0.0/3', // multicast, reserved, broadcast
  '2001::/23', // protocols, Teredo among them
  '2001:db8::/32', // documentation
  '3fff::/20', // documentation
]);
/** All that is given out of IPv6 so far; the rest is link-local, private, multicast or nobody's. */
const globalIpv6 = makeList(['2000::/3']);
const mapped = makeList(['::ffff:0:0/96']);
const nat64 = makeList(['64:ff9b::/96']);
const sixToFour = makeList(['2002::/16']);

/** True for an IP address that can be reached from everywhere; false for all others, and for what is no address. */
export function isPublicAddress(address: string): boolean {
  const bare = address.replace(/%.*$/su, '');
  if (isIPv4(bare)) return !notPublic.check(bare, 'ipv4');
  if (!isIPv6(bare)) return false;
  // Node would judge a mapped address by IPv4's rules in each of these lists, and a list of IPv6 would then have it all.
  if (mapped.check(bare, 'ipv6') || nat64.check(bare, 'ipv6')) return isPublicAddress(embeddedIpv4(bare, 6));
  if (sixToFour.check(bare, 'ipv6')) return isPublicAddress(embeddedIpv4(bare, 1));
  return globalIpv6.check(bare, 'ipv6') && !notPublic.check(bare, 'ipv6');
}

/** The IPv4 address in the two groups of an IPv6 address from `at`. */
function embeddedIpv4(address: string, at: number): string {
  const groups = groupsOf(address);
  return [groups[at] ?? 0, groups[at + 1] ?? 0].map((group) => `${group >> 8}.${group & 255}`).join('.');
}

/** The eight groups; a URL writes every address in one way. */
function groupsOf(address: string): number[] {
  const host = new URL(`http://[${address}]`).hostname.slice(1, -1);
  const [left = '', right = ''] = host.split('::');
  const parse = (part: string): number[] =>
    part === '' ? [] : part.split(':').map((group) => Number.parseInt(group, 16));
  const [head, tail] = [parse(left), parse(right)];
  return [...head, ...Array.from({ length: 8 - head.length - tail.length }, () => 0), ...tail];
}

function makeList(subnets: readonly string[]): BlockList {
  const list = new BlockList();
  for (const subnet of subnets) {
    const [network = '', bits = ''] = subnet.split('/');
    list.addSubnet(network, Number(bits), isIP(network) === 4 ? 'ipv4' : 'ipv6');
  }
  return list;
}
