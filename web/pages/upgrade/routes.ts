/** Rows of the pages of upgrades. */
import { actorOf } from '../../api/common.ts'
import { html } from '../../html.ts'
import { route, type Answer, type Request, type Route } from '../../types.ts'
import { show } from '../frame.ts'
import { emptyList } from '../unit/rows.ts'
import { upgradeOrderPage, upgradePage } from './page.ts'

export const upgradePageRoutes: readonly Route[] = [
  route({
    ...{ method: 'GET', path: '/upgrade', who: 'administrator' },
    summary: 'Page: which version runs, and bringing another one',
    handle: upgradePage,
  }),
  route({
    ...{ method: 'GET', path: '/trust/upgrade', who: 'officer' },
    summary: 'Page: which version runs, and the way to order another one',
    handle: upgradeOrderPage,
  }),
  route({
    ...{ method: 'POST', path: '/upgrade/discard', who: 'administrator', form: 'fields' },
    summary: 'Takes the bundle away that lies on the box',
    handle: async ({ parts }) => {
      await parts.upgrade.discard()
      return { redirect: '/upgrade' }
    },
  }),
  route({
    ...{ method: 'POST', path: '/upgrade/stick', who: 'administrator', form: 'fields' },
    summary: 'Lists the bundles on a stick in the box, or takes one from it',
    handle: stick,
  }),
]

async function stick(request: Request): Promise<Answer> {
  const { parts, form, view } = request
  const { w } = view
  const name = form.fields.get('name')
  if (name !== null) {
    await parts.upgrade.fromStick({ actor: actorOf(request), name })
    return { redirect: '/upgrade' }
  }
  const names = await parts.upgrade.onStick()
  return show(request, {
    title: w('U 盘上的升级包', 'Bundles on the stick'),
    main: html`<p class="crumb links">
        <a href="/upgrade">${w('版本与升级', 'Version and upgrade')}</a> › ${w('U 盘', 'stick')}
      </p>
      <h1>${w('U 盘上的升级包', 'Bundles on the stick')}</h1>
      ${
        names.length === 0
          ? emptyList(
              w('U 盘上没有升级包', 'There is no bundle on the stick'),
              w(
                '文件名以 .sealbox-upgrade 结尾，放在最外层。',
                'Its name ends in .sealbox-upgrade, and it lies outside all folders.',
              ),
            )
          : html`<p class="sub">
                ${w('读取要几分钟，读完即查验。', 'Reading takes minutes, and checks it.')}
              </p>
              <ul class="plain">
                ${names.map(
                  (one) =>
                    html`<li>
                      <form method="post" action="/upgrade/stick">
                        <input type="hidden" name="name" value="${one}" />
                        <button class="btn">${w(`读取 ${one}`, `Read ${one}`)}</button>
                      </form>
                    </li>`,
                )}
              </ul>`
      }`,
  })
}
