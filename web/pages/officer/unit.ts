/** One unit: what it is, how far its enrolment came, its seats and certificates. */
import { duties as dutyNames, type Duty, type Seat, type Unit } from '../../../exchange/index.ts'
import { listRequests } from '../../../provisioning/index.ts'
import { WebError } from '../../errors.ts'
import { html, type Html } from '../../html.ts'
import type { Answer, Request } from '../../types.ts'
import type { View } from '../../view.ts'
import { certificatesOfUnit } from '../certificates/narrow.ts'
import { certificateTable } from '../certificates/table.ts'
import { stateOf } from '../certificates/words.ts'
import { factList } from '../elements.ts'
import { show } from '../frame.ts'
import { holderNames } from '../holders.ts'
import { postName } from '../shell.ts'
import { emptyList } from '../unit/rows.ts'
import { anewLink, enrolmentTable } from './enrolment.ts'
import { unitState, unitStateKind, unitStateWords } from './unit_states.ts'

export async function unitPage(request: Request): Promise<Answer> {
  const { view, parts, params } = request
  const { w } = view
  const unit = await parts.directory.unit(params['uscc'] ?? '')
  if (unit === undefined) throw new WebError('ROUTE_UNKNOWN', 'there is no such unit')
  const [seats, certificates, requests] = await Promise.all([
    parts.directory.seats(unit.uscc),
    certificatesOfUnit(parts, unit.uscc),
    listRequests(parts),
  ])
  const enrolment = requests.find(({ kind, who }) => kind === 'unit' && who === unit.uscc)
  const isLive = certificates.some((one) => ['live', 'ending'].includes(stateOf(one, view.now)))
  const state = unitState(enrolment, isLive)
  const names = await holderNames(
    { ...parts, view },
    certificates.map(({ holder }) => holder),
  )
  return show(request, {
    title: unit.name,
    main: html`<p class="crumb links">
        <a href="/units">${w('单位', 'Units')}</a> › ${unit.shortName}
      </p>
      <h1>
        ${unit.name} <span class="tag ${unitStateKind(state)}">${unitStateWords(view, state)}</span>
      </h1>
      <p class="sub">${unit.uscc}</p>
      ${facts(view, unit)}
      ${
        enrolment !== undefined &&
        (state !== 'enrolled' || enrolment.state !== 'redeemed') &&
        html`<section class="section">
          <h2>${w('注册', 'Enrolment')}</h2>
          ${enrolmentTable(view, [enrolment], html``)}
        </section>`
      }
      ${enrolment?.state === 'redeemed' && html`<p class="links">${anewLink(view, enrolment)}</p>`}
      ${seatTable(view, seats)}
      <section class="section">
        <h2>${w('证书', 'Certificates')}</h2>
        ${
          certificates.length === 0
            ? emptyList(
                w('还没有证书', 'No certificate yet'),
                w('批准注册后签发。', 'They are issued once its enrolment is approved.'),
              )
            : certificateTable(view, certificates, names)
        }
      </section>`,
  })
}

function facts({ w }: View, unit: Unit): Html {
  return factList([
    [w('简称', 'Short name'), unit.shortName],
    [w('单位编码', 'Unit code'), unit.unitCode],
    [w('机关代字', 'Agency code'), unit.agencyCode],
    [w('发文代字', 'Series of numbers'), unit.series.join('、')],
    [w('登记', 'Registered'), unit.active ? w('在册', 'on the register') : w('停用', 'not in use')],
  ])
}

const dutyTable: Readonly<Record<Duty, readonly [string, string]>> = {
  draft: ['拟文', 'draft'],
  check: ['核稿', 'check'],
  approve: ['签发', 'approve'],
  seal: ['用印', 'seal'],
  'sign-for': ['签收', 'sign for'],
  file: ['登记归档', 'register and file'],
}

function seatTable(view: View, seats: readonly Seat[]): Html {
  const { w } = view
  return html`<section class="section">
    <table class="dense">
      <caption>
        ${w('岗位与职责', 'Seats and duties')}
      </caption>
      <tbody>
        ${seats.map(
          ({ seat, duties, active }) =>
            html`<tr>
              <td class="num">
                ${postName(view, seat)}
                ${!active && html`<span class="tag w">${w('停用', 'not in use')}</span>`}
              </td>
              <td>
                ${dutyNames
                  .filter((duty) => duties.includes(duty))
                  .map((duty) => w(...dutyTable[duty]))
                  .join(w('、', ', '))}
              </td>
            </tr>`,
        )}
      </tbody>
    </table>
  </section>`
}
