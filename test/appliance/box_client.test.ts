/** The unit's client: a line that the box closed while it was idle is no failure of the box; a box that is gone is. */
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { createServer } from 'node:https'
import { join } from 'node:path'
import type { AddressInfo } from 'node:net'
import test from 'ava'
import { createBoxClient } from '../../appliance/unit/box_client.ts'
import { run, temporaryFolder } from './places.ts'

test('a request on an idle line that is closed under it is sent again with its key; a dead box is unreachable', async (t) => {
  const folder = await temporaryFolder(t)
  const [key, cert] = [join(folder, 'key.pem'), join(folder, 'cert.pem')]
  const kind = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-days', '2']
  const name = ['-subj', '/CN=localhost', '-addext', 'subjectAltName=DNS:localhost']
  await run('openssl', ['req', '-x509', ...kind, ...name, '-keyout', key, '-out', cert])
  const seen: (string | undefined)[] = []
  const resets = new Set([1])
  const root = readFileSync(cert, 'utf8')
  const server = createServer({ key: readFileSync(key), cert: root }, (request, response) => {
    seen.push(request.headers['idempotency-key'] as string | undefined)
    request.resume()
    // The second request comes on the line of the first, and finds it closed.
    if (resets.has(seen.length - 1)) request.socket.destroy()
    else response.end('{}')
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  const url = `https://localhost:${String(port)}`
  const client = createBoxClient({ url, root, identity: {} })
  t.deepEqual(await client.act('/a', {}, 'first-act'), {})
  t.deepEqual(await client.act('/a', {}, 'second-act'), {})
  t.deepEqual(seen, ['first-act', 'second-act', 'second-act'])
  client.close()
  // A new line that is closed is not tried again.
  resets.add(3)
  const other = createBoxClient({ url, root, identity: {} })
  await t.throwsAsync(other.act('/a', {}, 'third-act'), { code: 'BOX_UNREACHABLE' })
  t.is(seen.length, 4)
  server.close()
  await t.throwsAsync(other.get('/a'), { code: 'BOX_UNREACHABLE' })
  other.close()
})
