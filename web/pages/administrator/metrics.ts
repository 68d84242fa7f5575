/** Figures for Prometheus. */
import { route, type Route } from '../../types.ts'

export const metricsRoute: Route = route({
  method: 'GET',
  path: '/metrics',
  who: 'administrator',
  summary: 'Figures for Prometheus, in its text format',
  handle: async ({ parts }) => {
    const { type, text } = await parts.watch.metrics()
    return { type, bytes: text }
  },
})
