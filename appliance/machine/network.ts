/** How the box is connected: what an administrator says of it, and the file by which systemd-networkd does it (systemd.network(5)). Pure. */
import { isIP, isIPv4 } from 'node:net'
import * as z from 'zod'

/** Names the kernel gives: no path, no pattern of systemd.network(5). */
const interfaceName = z.string().regex(/^[a-z][a-z0-9]{0,14}$/)
const address = z.string().refine((text) => isIP(text) !== 0)
const addressWithPrefix = z.string().refine((text) => {
  const [host = '', prefix = '', ...more] = text.split('/')
  const bits = isIPv4(host) ? 32 : 128
  const length = /^\d{1,3}$/.test(prefix) ? Number(prefix) : 0
  return isIP(host) !== 0 && more.length === 0 && length > 0 && length <= bits
})

const common = {
  /** Undefined: whichever Ethernet port there is. */
  interface: interfaceName.optional(),
}

export const networkSchema = z.discriminatedUnion('method', [
  z.strictObject({ ...common, method: z.literal('dhcp') }),
  z.strictObject({
    ...common,
    method: z.literal('static'),
    address: addressWithPrefix,
    /** None where all units are in one network. */
    gateway: address.optional(),
  }),
])
export type Network = z.infer<typeof networkSchema>

/** The file for networkd. Nothing of the network but an address is taken: no names, no time, no routes of others. */
export function networkFile(network: Network): string {
  const match = network.interface === undefined ? 'Type=ether' : `Name=${network.interface}`
  const quiet = ['LinkLocalAddressing=no', 'IPv6AcceptRA=no', 'LLMNR=no', 'MulticastDNS=no']
  const dumb = ['LLDP=no', 'EmitLLDP=no']
  return [
    '# Written by Sealbox at the order of an administrator.',
    ...section('Match', [match]),
    ...section('Network', [...ownAddress(network), ...quiet, ...dumb]),
    ...(network.method === 'dhcp' ? section('DHCPv4', addressOnly) : []),
    '',
  ].join('\n')
}

const section = (name: string, lines: readonly string[]): string[] => ['', `[${name}]`, ...lines]

const addressOnly = [
  // Not the identifier that follows the machine id, which is the same on every box.
  'ClientIdentifier=mac',
  ...['UseDNS=no', 'UseNTP=no', 'UseSIP=no', 'UseHostname=no', 'UseDomains=no', 'UseTimezone=no'],
  ...['SendHostname=no', 'UseRoutes=no', 'UseGateway=yes'],
]

function ownAddress(network: Network): string[] {
  if (network.method === 'dhcp') return ['DHCP=ipv4']
  const { address: own, gateway } = network
  return [`Address=${own}`, ...(gateway === undefined ? [] : [`Gateway=${gateway}`])]
}
