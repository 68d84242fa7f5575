/** Rows of the pages of orders. */
import { route, type Route } from '../../types.ts'
import { ordersPage } from './list.ts'
import { orderPage } from './one.ts'
import { checkOrder, newOrderPage } from './propose.ts'

const row = (path: string, summary: string, handle: Route['handle']): Route =>
  route({ method: 'GET', path, who: 'officer', summary, handle })

export const orderPageRoutes: readonly Route[] = [
  row('/orders', 'Page: orders of two officers', ordersPage),
  row('/orders/new', 'Page: what is to be ordered', newOrderPage),
  route({
    method: 'POST',
    path: '/orders/new',
    who: 'officer',
    summary: 'Checks an order and leads on to the signer; changes nothing',
    form: 'fields',
    handle: checkOrder,
  }),
  row('/orders/:id', 'Page: one order, its signatures and the next step', orderPage),
]
