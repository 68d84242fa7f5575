/** The OpenAPI 3.1 description, made from the table of routes, so that it cannot fall behind it. Pure. */
import * as z from 'zod'
import { messages } from './messages.ts'
import type { BoxFacts, Route } from './types.ts'

/** The description of these rows; schemas of bodies are the ones that check them. */
export function describeApi(routes: readonly Route[], box: BoxFacts): object {
  const paths: Record<string, Record<string, object>> = {}
  for (const route of routes) {
    const path = route.path.replace(/:(\w+)/g, '{$1}')
    paths[path] = { ...paths[path], [route.method.toLowerCase()]: operation(route) }
  }
  return {
    openapi: '3.1.0',
    info: { title: 'Sealbox 印匣', version: box.version },
    servers: [{ url: box.url }],
    paths,
    components: {
      securitySchemes: { certificate: { type: 'mutualTLS' } },
      schemas: { Problem: problem },
    },
  }
}

const problem = {
  type: 'object',
  description: 'RFC 9457 problem document',
  required: ['type', 'title', 'status', 'code', 'instance'],
  properties: {
    type: { type: 'string' },
    title: { type: 'string' },
    status: { type: 'integer' },
    code: { type: 'string', enum: Object.keys(messages) },
    instance: { type: 'string' },
  },
}

function operation(route: Route): object {
  const names = [...route.path.matchAll(/:(\w+)/g)].map((match) => match[1] ?? '')
  const act = route.path.includes('/acts/')
  const parameters = [
    ...names.map((name) => ({ name, in: 'path', required: true, schema: { type: 'string' } })),
    ...(act
      ? [
          {
            name: 'Idempotency-Key',
            in: 'header',
            required: true,
            schema: { type: 'string', minLength: 8, maxLength: 64 },
          },
        ]
      : []),
  ]
  return {
    summary: route.summary,
    'x-who': route.who,
    ...(route.who !== 'anyone' && { security: [{ certificate: [] }] }),
    parameters,
    ...(route.body && {
      requestBody: {
        required: true,
        content: {
          'application/json': {
            schema: z.toJSONSchema(route.body, { io: 'input', unrepresentable: 'any' }),
          },
        },
      },
    }),
    responses: {
      '2XX': { description: 'done' },
      default: {
        description: 'refused',
        content: {
          'application/problem+json': { schema: { $ref: '#/components/schemas/Problem' } },
        },
      },
    },
  }
}
