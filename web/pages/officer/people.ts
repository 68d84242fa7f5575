/** The three administrators: who they are, whether they enrolled, and appointing another. */
import { personIdPattern, roles, type Role } from '../../../exchange/index.ts'
import {
  listPeople,
  listRequests,
  type ListedPerson,
  type ListedRequest,
} from '../../../provisioning/index.ts'
import { html, type Html } from '../../html.ts'
import type { Answer, Request } from '../../types.ts'
import type { View } from '../../view.ts'
import { signerHref } from '../elements.ts'
import { show } from '../frame.ts'
import { postName } from '../shell.ts'
import { anewLink, enrolmentKind, enrolmentWords, nextStep } from './enrolment.ts'

export function peoplePage(request: Request): Promise<Answer> {
  return page(request, {})
}

interface Typed {
  readonly id?: string
  readonly role?: string
  readonly wrong?: { readonly field: 'id' | 'role'; readonly words: string }
}

/** Checks what was typed and leads on to the signer. Changes nothing. */
export async function appointPage(request: Request): Promise<Answer> {
  const { form, view } = request
  const id = (form.fields.get('id') ?? '').trim()
  const role = form.fields.get('role') ?? ''
  const known = roles.find((one) => one === role)
  const wrong = await fault(request, id, known)
  if (wrong !== undefined || known === undefined) {
    return page(request, { id, role, ...(wrong && { wrong }) })
  }
  return confirmation(request, { id, role: known, view })
}

async function fault(
  { parts, view }: Request,
  id: string,
  role: Role | undefined,
): Promise<Typed['wrong']> {
  const { w } = view
  if (!personIdPattern.test(id)) {
    const words = w(
      '以小写字母开头，只用小写字母、数字和连字符，最多 40 个字符，如 auditor-2。',
      'A lower-case letter first, then lower-case letters, digits and hyphens, 40 at most, such as auditor-2.',
    )
    return { field: 'id', words }
  }
  if ((await parts.directory.person(id)) !== undefined) {
    return {
      field: 'id',
      words: w(
        '已有这个编号的人员；离任者的编号也不重用。',
        'There is a person of this identifier; none is used twice.',
      ),
    }
  }
  if (role !== undefined) return undefined
  return { field: 'role', words: w('请选择一种职务。', 'Choose a role.') }
}

async function page(request: Request, typed: Typed): Promise<Answer> {
  const { view, parts } = request
  const { w } = view
  const [people, requests] = await Promise.all([listPeople(parts), listRequests(parts)])
  const enrolment = new Map(
    requests.filter(({ kind }) => kind === 'person').map((one) => [one.who, one]),
  )
  return show(request, {
    title: w('管理人员', 'Administrators'),
    ...(typed.wrong && { status: 422 }),
    main: html`<h1>${w('管理人员', 'Administrators')}</h1>
      <p class="sub">
        ${w('安全员、审计员、系统管理员各是不同的人；一张证书不能兼任两种。', 'Security officers, auditors and system administrators are different people; no certificate holds two roles.')}
      </p>
      ${peopleTable(view, people, enrolment)} ${appointForm(view, typed)}`,
  })
}

function peopleTable(
  view: View,
  people: readonly ListedPerson[],
  enrolment: ReadonlyMap<string, ListedRequest>,
): Html {
  const { w } = view
  const order = people.toSorted((a, b) => roles.indexOf(a.role) - roles.indexOf(b.role))
  return html`<table class="stack">
    <thead>
      <tr>
        <th>${w('人员', 'Person')}</th>
        <th class="wide-only">${w('状态', 'State')}</th>
        <th><span class="sr">${w('下一步', 'Next step')}</span></th>
      </tr>
    </thead>
    <tbody>
      ${order.map((person) => personRow(view, person, enrolment.get(person.id)))}
    </tbody>
  </table>`
}

function personRow(view: View, person: ListedPerson, request: ListedRequest | undefined): Html {
  const { id, role, enrolled } = person
  const tag = personTag(view, person, request)
  return html`<tr data-row id="${id}">
    <td>
      <span class="t">${id}</span>
      <div class="m">${postName(view, role)}</div>
      <div class="only-narrow">${tag}</div>
    </td>
    <td class="wide-only">${tag}</td>
    <td class="end">${request !== undefined && personStep(view, request, enrolled)}</td>
  </tr>`
}

/** What an officer does next: with a request or code, or for who enrolled and lost the keys. */
function personStep(view: View, request: ListedRequest, enrolled: boolean): Html | undefined {
  return enrolled && request.state === 'redeemed'
    ? anewLink(view, request)
    : nextStep(view, request)
}

function personTag(
  { w }: View,
  { active, enrolled }: ListedPerson,
  request: ListedRequest | undefined,
): Html {
  if (!active) return html`<span class="tag w">${w('停用', 'not in use')}</span>`
  const state = enrolled ? 'redeemed' : request?.state
  return state === undefined
    ? html`<span class="tag w">${w('没有注册码', 'no code')}</span>`
    : html`<span class="tag ${enrolmentKind(state)}">${enrolmentWords({ w }, state)}</span>`
}

function appointForm(view: View, { id = '', role = '', wrong }: Typed): Html {
  const { w } = view
  const bad = (field: 'id' | 'role') =>
    wrong?.field === field &&
    html`<p class="wrong" id="${field}-wrong" role="alert">${wrong.words}</p>`
  return html`<section class="section" id="appoint">
    <h2>${w('任命', 'Appoint')}</h2>
    <form method="post" action="/people">
      <div class="field">
        <label for="id">${w('编号', 'Identifier')}</label>
        <input
          type="text"
          id="id"
          name="id"
          value="${id}"
          maxlength="40"
          required
          autocomplete="off"
          autocapitalize="none"
          ${wrong?.field === 'id' && html` aria-invalid="true" aria-describedby="id-wrong"`}
        />
        ${bad('id')}
        <p class="hint">
          ${w('写进证书和日志，不是真名，如 auditor-2。', 'It stands in certificates and in the journal, and is no real name: auditor-2.')}
        </p>
      </div>
      <fieldset>
        <legend>${w('职务', 'Role')}</legend>
        ${roles.map(
          (one) =>
            html`<label class="choice"
              ><input
                type="radio"
                name="role"
                value="${one}"
                required
                ${one === role && html` checked`}
              />${postName(view, one)}</label
            >`,
        )}
        ${bad('role')}
      </fieldset>
      <button class="btn">${w('任命…', 'Appoint…')}</button>
    </form>
  </section>`
}

function confirmation(
  request: Request,
  { id, role, view }: { readonly id: string; readonly role: Role; readonly view: View },
): Promise<Answer> {
  const { w } = view
  const post = postName(view, role)
  const href = signerHref({ act: 'appoint', id, role })
  return show(request, {
    title: w('任命', 'Appoint'),
    main: html`<p class="crumb links">
        <a href="/people">${w('管理人员', 'Administrators')}</a> › ${w('任命', 'Appoint')}
      </p>
      <h1>${w(`任命 ${id} 为${post}`, `Appoint ${id} as ${post}`)}</h1>
      <p class="sub">
        ${w('还没有任命。签署之后得到一个注册码，只显示一次，请当场打印交给本人。', 'Nothing is done yet. Once you sign you get a code, which is shown once: print it and hand it over.')}
      </p>
      <p>
        <a class="btn seal" href="${href}" target="sealbox-signer" data-next
          >${w('在签署页面任命', 'Appoint in the signer')}</a
        >
        <a class="btn" href="/people">${w('返回', 'Back')}</a>
      </p>`,
  })
}
