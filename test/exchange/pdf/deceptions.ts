/** Documents prepared to deceive, each with an honest twin: what is found, the file with it, the file without. */
import {
  annots,
  aside,
  boxFont,
  compositeFont,
  cover,
  form,
  glyph,
  group,
  image,
  layered,
  mark,
  packed,
  page,
  pageOf,
  picture,
  resources,
  says,
  text,
  widget,
} from './deception_parts.ts'
import { catalogWith, stream } from './sample.ts'

/** By code: variants of one preparation, each with what an honest file has instead. */
export const deceptions: Readonly<Record<string, readonly (readonly [Uint8Array, Uint8Array])[]>> =
  {
    COVERED_TEXT: [
      [pageOf(text + cover), pageOf(text + aside)],
      [pageOf(text + picture), pageOf(picture + text)],
      [pageOf(`${text}${picture}`), pageOf(`${text}q 300 0 0 40 50 450 cm /I Do Q`)],
      // Tiles, none of which covers the text alone.
      [
        pageOf(
          text +
            Array.from(
              { length: 30 },
              (_, at) => `1 g ${String(50 + 10 * at)} 750 10 40 re f `,
            ).join(''),
        ),
        pageOf(
          text +
            Array.from(
              { length: 30 },
              (_, at) => `1 g ${String(50 + 10 * at)} 450 10 40 re f `,
            ).join(''),
        ),
      ],
      // A shape that is no rectangle.
      [
        pageOf(`${text}1 g 40 770 m 40 900 400 900 400 770 c 400 640 40 640 40 770 c f`),
        pageOf(`${text}1 g 40 470 m 40 600 400 600 400 470 c 400 340 40 340 40 470 c f`),
      ],
      [
        pageOf(`${text}1 g 50 750 300 40 re 55 755 1 1 re f*`),
        pageOf(`${text}1 g 50 750 300 40 re 50 750 300 40 re f*`),
      ],
      // One digit of many.
      [pageOf(`${text}1 g 152 750 14 40 re f`), pageOf(`${text}1 g 152 745 14 4 re f`)],
      [
        pageOf(`${text}q 50 750 300 40 re W n /X Do Q`),
        pageOf(`${text}q 50 450 300 40 re W n /X Do Q`),
      ],
      [pageOf(`${text}/Full gs ${cover}`), pageOf(`${text}/Half gs ${cover}`)],
      [pageOf(`${text}/Screen gs ${cover}`), pageOf(`${text}/Multiply gs ${cover}`)],
      [
        pageOf(`${text}/Pattern cs /S scn 50 750 300 40 re f`),
        pageOf(`${text}/Pattern cs /S scn 50 450 300 40 re f`),
      ],
      [
        pageOf(`${text}q 50 750 300 40 re W n /S sh Q`),
        pageOf(`${text}q 50 450 300 40 re W n /S sh Q`),
      ],
      [
        pageOf(`${text}q 300 0 0 40 50 750 cm BI /W 1 /H 1 /BPC 8 /CS /G ID x EI Q`),
        pageOf(`${text}q 300 0 0 40 50 450 cm BI /W 1 /H 1 /BPC 8 /CS /G ID x EI Q`),
      ],
      // A soft mask that lets nothing through, and one that lets all.
      [
        pageOf(`${text}q 300 0 0 40 50 750 cm /J Do Q`, {
          13: stream(
            '\xff',
            '/Subtype/Image/Width 1/Height 1/ColorSpace/DeviceGray/BitsPerComponent 8',
          ),
        }),
        pageOf(`${text}q 300 0 0 40 50 750 cm /J Do Q`, {
          13: stream(
            '\x00',
            '/Subtype/Image/Width 1/Height 1/ColorSpace/DeviceGray/BitsPerComponent 8',
          ),
        }),
      ],
      [
        pageOf(`${text}BT 1 g /F3 300 Tf 50 650 Td (a) Tj ET`, boxFont),
        pageOf(`${text}BT 1 g /F3 300 Tf 50 350 Td (a) Tj ET`, boxFont),
      ],
      // In a form of its own, turned, and packed.
      [
        pageOf('q 0 1 -1 0 595 0 cm /X Do Q', { 12: form(text + cover) }),
        pageOf('q 0 1 -1 0 595 0 cm /X Do Q', { 12: form(cover + text) }),
      ],
      [pageOf('', { 4: packed(text + cover) }), pageOf('', { 4: packed(cover + text) })],
      [
        pageOf(`${text}${cover}BT /F1 20 Tf 60 760 Td (You owe 1) Tj ET`),
        pageOf(`${text}${cover}0 g ${text}`),
      ],
    ],
    COVERED_PICTURE: [
      [
        pageOf('q 595 0 0 842 0 0 cm /I Do Q q 595 0 0 842 0 0 cm /I Do Q'),
        pageOf('q 595 0 0 400 0 0 cm /I Do Q q 595 0 0 400 0 410 cm /I Do Q'),
      ],
    ],
    COVERED_DRAWING: [
      [
        pageOf(
          `${'100 100 m 110 120 130 120 140 100 c f '.repeat(25)}q 300 0 0 300 50 50 cm /I Do Q`,
        ),
        pageOf(
          `${'100 100 m 110 120 130 120 140 100 c f '.repeat(25)}q 300 0 0 300 50 450 cm /I Do Q`,
        ),
      ],
    ],
    COVERED_BY_ANNOTATION: [
      [
        pageOf(text, mark('FreeText', '', '1 g 0 0 300 40 re f'), annots),
        pageOf(text, mark('FreeText', '', '1 0 0 RG 0 0 300 40 re S'), annots),
      ],
      [
        pageOf(text, mark('Stamp', '', '0 g 0 0 300 40 re f'), annots),
        pageOf(text, mark('Stamp', '', '0 g 0 0 300 4 re f'), annots),
      ],
      [
        pageOf(text, mark('Widget', '/FT/Btn/T(b)', '.9 g 0 0 300 40 re f'), annots),
        pageOf(aside, mark('Widget', '/FT/Btn/T(b)', '.9 g 0 0 300 40 re f'), annots),
      ],
    ],
    PERHAPS_COVERED_TEXT: [
      [
        pageOf(`${text}/Pattern cs /P scn 50 750 300 40 re f`),
        pageOf(`${text}/Pattern cs /P scn 50 450 300 40 re f`),
      ],
      [pageOf(`${text}/Soft gs ${cover}`), pageOf(`${text}/Soft gs ${aside}`)],
    ],
    INVISIBLE_TEXT: [
      [pageOf(`BT 3 Tr ${text.slice(3)}`), pageOf(text)],
      [pageOf(`/Gone gs ${text}`), pageOf(`/Half gs ${text}`)],
      [pageOf(`1 g ${text}`), pageOf(`0 g 50 740 400 60 re f 1 g ${text}`)],
    ],
    HIDDEN_LAYER: [
      [pageOf(`/OC /Off BDC ${text} EMC`, layered), pageOf(`/OC /On BDC ${text} EMC`, layered)],
      [
        pageOf(`/OC /Md BDC ${text} EMC`, layered),
        pageOf(`/OC /Md BDC ${text} EMC`, {
          ...layered,
          42: '<</Type/OCMD/OCGs[41 0 R]/P/AllOn>>',
        }),
      ],
      [pageOf(`/OC /Ve BDC ${text} EMC`, layered), pageOf(`/Span /Ve BDC ${text} EMC`, layered)],
      [
        pageOf('/X Do', { ...layered, 12: form(text, '/OC 40 0 R') }),
        pageOf('/X Do', { ...layered, 12: form(text, '/OC 41 0 R') }),
      ],
      [
        pageOf(`/OC /On BDC ${text} EMC`, {
          1: catalogWith('/OCProperties<</OCGs[41 0 R]/D<</BaseState/OFF>>>>'),
        }),
        pageOf(`/OC /On BDC ${text} EMC`, {
          1: catalogWith('/OCProperties<</OCGs[41 0 R]/D<</BaseState/OFF/ON[41 0 R]>>>>'),
        }),
      ],
    ],
    LAYERS: [
      [pageOf(`/OC /On BDC ${text} EMC`, layered), pageOf(`/Span /On BDC ${text} EMC`, layered)],
    ],
    SCREEN_AND_PAPER_DIFFER: [
      [
        '/Print<</PrintState/OFF>>/View<</ViewState/ON>>',
        '/Print<</PrintState/ON>>/View<</ViewState/ON>>',
      ],
      ['/Zoom<</min 2>>', '/Creator<</Subtype/Artwork>>'],
    ].map(([bad = '', good = '']) => {
      const file = (usage: string): Uint8Array =>
        pageOf(text, {
          1: catalogWith(
            '/OCProperties<</OCGs[41 0 R]/D<</AS[<</Event/Print/OCGs[41 0 R]/Category[/Print]>>]>>>>',
          ),
          41: group('a', `/Usage<<${usage}>>`),
        })
      return [file(bad), file(good)] as const
    }),
    HIDDEN_ANNOTATION: [
      [
        pageOf(
          text,
          { 5: '<</Type/Annot/Subtype/FreeText/Rect[0 0 9 9]/F 2/Contents(x)>>' },
          annots,
        ),
        pageOf(
          text,
          { 5: '<</Type/Annot/Subtype/FreeText/Rect[0 0 9 9]/F 4/Contents(x)>>' },
          annots,
        ),
      ],
      [
        pageOf(text, { 5: '<</Type/Annot/Subtype/Stamp/Rect[0 0 9 9]/F 36/Contents(x)>>' }, annots),
        pageOf(text, { 5: '<</Type/Annot/Subtype/Popup/Rect[0 0 9 9]/F 34/Contents(x)>>' }, annots),
      ],
      [
        pageOf(text, { ...layered, ...mark('Stamp', '/OC 40 0 R', 'f') }, annots),
        pageOf(text, { ...layered, ...mark('Stamp', '/OC 41 0 R', 'f') }, annots),
      ],
    ],
    COMMENTS: [
      [pageOf(text, mark('Highlight', '', ''), annots), pageOf(text, mark('Link', '', ''), annots)],
    ],
    SIGNATURE_FIELD: [
      [
        pageOf(
          text,
          { 5: '<</Type/Annot/Subtype/Widget/FT/Sig/T(s)/Rect[100 100 200 150]>>' },
          annots,
        ),
        pageOf(text, { 5: '<</Type/Annot/Subtype/Widget/FT/Sig/T(s)/Rect[0 0 0 0]>>' }, annots),
      ],
    ],
    SIGNATURE_FIELD_LARGE: [
      [
        pageOf(text, { 5: '<</Type/Annot/Subtype/Widget/FT/Sig/T(s)/Rect[0 0 595 842]>>' }, annots),
        pageOf(
          text,
          { 5: '<</Type/Annot/Subtype/Widget/FT/Sig/T(s)/Rect[100 100 200 150]>>' },
          annots,
        ),
      ],
    ],
    HIDDEN_PAGE: [
      [pageOf(text, { 50: page() }), pageOf(text, { 50: '<</Type/Page>>' })],
      [
        pageOf(text, {
          50: catalogWith('').replace('2 0 R', '51 0 R'),
          51: '<</Type/Pages/Kids[]/Count 0>>',
        }),
        pageOf(text, { 50: catalogWith('') }),
      ],
      [
        pageOf(text, {
          1: catalogWith('/Names<</Templates<</Names[(a) 50 0 R]>>>>'),
          50: '<</Type/Template/Contents 4 0 R/MediaBox[0 0 9 9]>>',
        }),
        pageOf(text, { 1: catalogWith('/Names<</Dests<</Names[(a) [3 0 R/Fit]]>>>>') }),
      ],
    ],
    HIDDEN_CONTENT: [
      [pageOf(text, { 50: stream(text) }), pageOf(text, { 50: stream('some notes of a program') })],
      [pageOf(text, { 50: form(cover) }), pageOf(text, { 50: '(form)' })],
      [pageOf(text, { 50: image('', 64, 64) }), pageOf(text, { 50: image('', 63, 64) })],
    ],
    DANGLING_REFERENCE: [
      [pageOf(text, {}, '/Annots 99 0 R'), pageOf(text, { 98: '[]' }, '/Annots 98 0 R')],
      [pageOf(`${text} /Nothing Do`), pageOf(`${text} /X Do`, { 12: form('') })],
      [pageOf('BT /F9 12 Tf (a) Tj ET'), pageOf('BT /F1 12 Tf (a) Tj ET')],
    ],
    ALTERNATE_PICTURE: [
      [
        pageOf(picture, { 10: image('/Alternates[<</Image 13 0 R/DefaultForPrinting true>>]') }),
        pageOf(picture),
      ],
    ],
    FIELD_SHOWS_OTHER: [
      [
        pageOf(text, widget('/FT/Tx/V(9000)', says('100')), annots),
        pageOf(text, widget('/FT/Tx/V(100)', says('100')), annots),
      ],
      [
        pageOf(text, widget('/FT/Tx', says('100')), annots),
        pageOf(text, widget('/FT/Tx', '/Tx BMC EMC'), annots),
      ],
      [
        pageOf(text, widget('/FT/Tx/V(9000)', '/Tx BMC EMC'), annots),
        pageOf(
          text,
          {
            ...widget('/FT/Tx/V(9000)', '/Tx BMC EMC'),
            1: catalogWith('/AcroForm<</Fields[5 0 R]/NeedAppearances true>>'),
          },
          annots,
        ),
      ],
      [
        pageOf(text, widget('/FT/Ch/V(b)/Opt[[(a)(One)][(b)(Two)]]', says('One')), annots),
        pageOf(text, widget('/FT/Ch/V(a)/Opt[[(a)(One)][(b)(Two)]]', says('One')), annots),
      ],
      [
        pageOf(
          text,
          {
            5: '<</Type/Annot/Subtype/Widget/Rect[9 9 20 20]/F 4/T(a)/FT/Btn/V/Yes/AS/Off/AP<</N<</Yes 6 0 R/Off 6 0 R>>>>>>',
            6: form(''),
          },
          annots,
        ),
        pageOf(
          text,
          {
            5: '<</Type/Annot/Subtype/Widget/Rect[9 9 20 20]/F 4/T(a)/FT/Btn/V/Yes/AS/Yes/AP<</N<</Yes 6 0 R/Off 6 0 R>>>>>>',
            6: form(''),
          },
          annots,
        ),
      ],
    ],
    FIELD_DRAWN_BY_READER: [
      [
        pageOf(
          text,
          { 5: '<</Type/Annot/Subtype/Widget/Rect[9 9 20 20]/F 4/T(a)/FT/Tx/V(x)>>' },
          annots,
        ),
        pageOf(
          text,
          { 5: '<</Type/Annot/Subtype/Widget/Rect[9 9 20 20]/F 4/T(a)/FT/Tx>>' },
          annots,
        ),
      ],
    ],
    FIELD_DEFAULT_DIFFERS: [
      [
        pageOf(text, widget('/FT/Tx/V(100)/DV(9)', says('100')), annots),
        pageOf(text, widget('/FT/Tx/V(100)/DV(100)', says('100')), annots),
      ],
    ],
    FONT_DRAWS_NOTHING: [
      [
        pageOf(glyph('0003'), compositeFont('<0003> <0042>')),
        pageOf(glyph('0001'), compositeFont('<0001> <0041>')),
      ],
    ],
    FONT_MAP_FALSE: [
      [
        pageOf(glyph('0002'), compositeFont('<0002> <0031>')),
        pageOf(glyph('0002'), compositeFont('<0002> <0039>')),
      ],
    ],
    FONT_NOT_EMBEDDED: [
      [
        pageOf(glyph('0001'), { 20: '<</Type/Font/Subtype/TrueType/BaseFont/SimSun>>' }),
        pageOf(glyph('0001')),
      ],
    ],
    TEXT_WITHOUT_MEANING: [
      [
        pageOf(glyph('0001'), {
          ...compositeFont('<0001> <0041>'),
          20: '<</Type/Font/Subtype/Type0/BaseFont/A/Encoding/Identity-H/DescendantFonts[21 0 R]>>',
        }),
        pageOf(glyph('0001'), compositeFont('<0001> <0041>')),
      ],
    ],
    CONTENT_UNREADABLE: [
      [
        pageOf('', { 4: stream('no flate data', '/Filter/FlateDecode') }),
        pageOf('', { 4: packed(text) }),
      ],
      [
        pageOf('/X Do', { 12: form('junk', '/Filter/FlateDecode') }),
        pageOf('/X Do', { 12: form('') }),
      ],
    ],
    CONTENT_STRANGE: [[pageOf(`${text} nonsense`), pageOf(`${text} BX nonsense EX`)]],
    TOO_MUCH_CONTENT: [
      [
        pageOf('/X Do', { 12: form('/X Do /X Do /X Do /X Do /X Do', resources) }),
        pageOf('/X Do', { 12: form('0 0 9 9 re f') }),
      ],
      [
        pageOf('', { 4: packed(' q Q'.repeat(7_000_000)) }),
        pageOf('', { 4: packed(' q Q'.repeat(1000)) }),
      ],
    ],
    PRINTER_SETTINGS: [
      [
        pageOf(text, { 50: '<</Type/ExtGState/TR 14 0 R>>' }),
        pageOf(text, { 50: '<</Type/ExtGState/TR/Identity>>' }),
      ],
    ],
  }
