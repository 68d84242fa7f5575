/** Templates escape whatever is put in; nothing can be marked as safe. */
import test from 'ava'
import fc from 'fast-check'
import { html, htmlText } from '../../web/html.ts'
import { seed } from '../appliance/places.ts'

test('text is escaped in text and in attributes, markup of the tag itself is not', (t) => {
  const hostile = `<script>alert("1")</script> & 'x'`
  const made = html`<p title="${hostile}">${hostile}${html`<b>${1}</b>`}</p>`
  t.is(
    htmlText(made),
    '<p title="&lt;script&gt;alert(&quot;1&quot;)&lt;/script&gt; &amp; &#39;x&#39;">&lt;script&gt;alert(&quot;1&quot;)&lt;/script&gt; &amp; &#39;x&#39;<b>1</b></p>',
  )
})

test('lists are written one after the other, nothing is written for what is absent', (t) => {
  const rows = ['a', '<b>'].map((word) => html`<li>${word}</li>`)
  t.is(htmlText(html`${rows}${undefined}${null}${false}${0}`), '<li>a</li><li>&lt;b&gt;</li>0')
})

test(`no text ends an element or an attribute (500 texts; seed ${String(seed)})`, (t) => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), (text) => {
      const made = htmlText(html`<i a="${text}">${text}</i>`)
      t.regex(made, /^<i a="[^"<>]*">[^<>]*<\/i>$/)
    }),
    { numRuns: 500, seed },
  )
})

test('an object that only looks like markup is no markup', (t) => {
  const forged = JSON.parse('{"html":"<script>"}') as never
  t.false(htmlText(html`${forged}`).includes('<script>'))
})
