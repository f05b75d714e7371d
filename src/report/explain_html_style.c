/* How the page looks. The colours are a sea chart's: blue for water, buff for land, magenta for what a mariner must not
 * overlook. Series differ in lightness as well as in hue, so that they differ to everybody. */
#include "explain_html_part.h"

static const char colours_light[] =
    ":root{--page:#fff;--ink:#15242f;--soft:#4d5d69;--line:#cdd7dd;--tint:#f0f5f8;--link:#17558f;"
    "--worry:#a60f4c;--on-worry:#fff;--rule:#4b1463;--on-rule:#fff;--ask:#7a5500;--on-ask:#f8ecc8;--ok:#17655a;"
    "--w0:#b0124f;--w1:#4b1463;--w2:#dc6394;--a0:#c98a00;--a1:#7a4f00;--a2:#dcb552;"
    "--k0:#2b6aa6;--k1:#8fbfdd;--k2:#1d8274;--k3:#a3a7d8;--k4:#23405f;--k5:#4fa384;--x:#bcc4ca;--passed:#0b2c49;"
    "--h1:#d3e5f0;--h2:#a6cbe2;--h3:#70a9cf;--h4:#3e84b6;--h5:#1c5b91;--h6:#0a315c}\n";

static const char colours_dark[] =
    "@media screen and (prefers-color-scheme:dark){"
    ":root{--page:#0f171e;--ink:#e4eaee;--soft:#a4b2bc;--line:#2f3d48;--tint:#17222b;--link:#86bff0;"
    "--worry:#ff8fb7;--on-worry:#33051a;--rule:#d9a2e6;--on-rule:#2c0a35;--ask:#eec767;--on-ask:#33290f;--ok:#7fcdbd;"
    "--w0:#f0669a;--w1:#dcb4ec;--w2:#ffb3cf;--a0:#e2a92e;--a1:#a87a1c;--a2:#f3dc9a;"
    "--k0:#5b9bd6;--k1:#b5dbf3;--k2:#2f9384;--k3:#6a6cb8;--k4:#d5e3ef;--k5:#2f6f62;--x:#a9b3bb;--passed:#e4f1fb;"
    "--h1:#16324a;--h2:#1f4f77;--h3:#2f74a8;--h4:#559cd0;--h5:#93c7eb;--h6:#dff0fc}}\n";

static const char page[] =
    "*{box-sizing:border-box}\n"
    "html{background:var(--page);color:var(--ink);-webkit-text-size-adjust:100%;"
    "font:16px/1.5 system-ui,-apple-system,\"Segoe UI\",Roboto,\"Noto Sans\",\"Liberation Sans\",sans-serif}\n"
    "body{max-width:64rem;margin:0 auto;padding:1.5rem 2rem 3rem;overflow-wrap:break-word}\n"
    "h1,h2,h3,.answer,.mark{font-family:\"Iowan Old Style\",\"Palatino Linotype\",Palatino,P052,Georgia,"
    "\"Noto Serif\",\"Liberation Serif\",serif;text-wrap:balance}\n"
    "h1{font-size:2rem;line-height:1.2;margin:0;font-weight:600}\n"
    "h2{font-size:1.5rem;line-height:1.25;margin:3rem 0 .5rem;font-weight:600}\n"
    "h3{font-size:1.2rem;line-height:1.3;margin:2rem 0 .5rem;font-weight:600}\n"
    "h4{font-size:.875rem;margin:1rem 0 .25rem;font-weight:600}\n"
    "p{margin:0 0 .75rem;max-width:42rem}\n"
    "a{color:var(--link);text-underline-offset:.15em}\n"
    "code,pre{font-family:ui-monospace,\"SF Mono\",Menlo,Consolas,\"DejaVu Sans Mono\",monospace;font-size:.8125rem}\n"
    "header{padding-bottom:1rem;margin-bottom:1.25rem;border-bottom:1px solid var(--ink);"
    "background:repeating-linear-gradient(90deg,var(--ink) 0 2rem,transparent 2rem 4rem) bottom/100% 4px no-repeat}\n"
    ".mark{font-style:italic;color:var(--soft);margin:0 0 .25rem}\n"
    ".sub{color:var(--soft);margin:.35rem 0 .25rem}\n"
    ".answer{font-size:1.375rem;line-height:1.4;margin:0 0 1.25rem;max-width:none}\n"
    ".note{color:var(--soft);font-size:.875rem;max-width:none}\n"
    "footer{margin-top:3rem;padding-top:1rem;border-top:1px solid var(--line);color:var(--soft);font-size:.875rem}\n";

static const char figures[] =
    ".figures{display:flex;flex-wrap:wrap;gap:.6rem 2rem;margin:0 0 1rem}\n"
    ".figures dt{color:var(--soft);font-size:.8125rem;line-height:1.3}\n"
    ".figures dd{margin:0;font-variant-numeric:tabular-nums;overflow-wrap:anywhere}\n"
    "main>.figures dd{font-size:1.125rem}\n"
    ".verdict{display:inline-block;margin:0;padding:.1rem .5rem;border:1px solid currentColor;border-radius:2px;"
    "font-size:.75rem;line-height:1.4;font-weight:700;letter-spacing:.03em;white-space:nowrap;"
    "-webkit-print-color-adjust:exact;print-color-adjust:exact}\n"
    ".verdict.worry{background:var(--worry);border-color:var(--worry);color:var(--on-worry)}\n"
    ".verdict.rule{background:var(--rule);border-color:var(--rule);color:var(--on-rule)}\n"
    ".verdict.ask{background:var(--on-ask);color:var(--ask)}\n"
    ".verdict.ok{color:var(--ok)}\n"
    ".verdict.blind{color:var(--soft);border-style:dashed}\n";

static const char tables[] =
    "table{border-collapse:collapse;width:100%;font-size:.875rem;font-variant-numeric:tabular-nums}\n"
    "th,td{padding:.35rem .75rem .35rem 0;text-align:right;vertical-align:top;border-bottom:1px solid var(--line)}\n"
    "th:last-child,td:last-child{padding-right:0}\n"
    "th{font-weight:400}\n"
    "thead th{color:var(--soft);font-size:.8125rem;line-height:1.3;vertical-align:bottom}\n"
    "th:first-child,td:first-child,.text,.glance tbody th,.glance th:nth-child(2){text-align:left}\n"
    "tbody th{overflow-wrap:anywhere}\n"
    "small{display:block;color:var(--soft);font-size:.8125rem;line-height:1.35}\n"
    ".bar{width:40%}.bars code{white-space:nowrap}\n"
    ".bar svg{display:block;width:100%;height:.75rem;margin-top:.3rem}\n"
    ".glance td:first-child{width:6.5rem}\n"
    ".glance .bar{width:28%}\n"
    "details{margin:.75rem 0}\n"
    "summary{cursor:pointer;color:var(--link);font-size:.875rem}\n"
    ".scroll{overflow-x:auto;margin-top:.5rem}\n"
    ".scroll th,.scroll td{white-space:nowrap;padding-top:.2rem;padding-bottom:.2rem}\n"
    ".scroll thead th{white-space:normal;min-width:4.5rem}\n"
    ".scroll th:first-child:not(:has(code)){position:sticky;left:0;background:var(--page)}\n"
    ".scroll .bar{width:auto;min-width:6rem}\n"
    ".scroll .text,.scroll small{white-space:normal;min-width:10rem}\n";

static const char cards[] =
    ".card{display:grid;grid-template-columns:10.5rem minmax(0,1fr);gap:.75rem 2rem;padding:1.5rem 0;"
    "border-top:1px solid var(--line)}\n"
    ".head{display:contents}\n"
    ".head .verdict{justify-self:start;align-self:start;margin-top:.2rem}\n"
    ".head h3{margin:0}\n"
    ".margin .figures{display:block}\n"
    ".margin .figures div{margin-bottom:.4rem}\n"
    ".margin dd{font-size:.9375rem}\n"
    ".body>:last-child{margin-bottom:0}\n"
    ".act{background:var(--tint);padding:.75rem 1rem;margin:1rem 0}\n"
    ".ok .act{background:none;padding:0}\n"
    ".act h4{margin-top:0}\n"
    ".act>:last-child{margin-bottom:0}\n"
    "pre{margin:.5rem 0 0;white-space:pre-wrap;overflow-wrap:anywhere}\n"
    ".ports{list-style:none;margin:0 0 1rem;padding:0;display:grid;gap:.1rem 2rem;font-size:.875rem;"
    "grid-template-columns:repeat(auto-fill,minmax(13rem,1fr));font-variant-numeric:tabular-nums}\n"
    ".ports li{display:flex;gap:.5rem;align-items:baseline;overflow-wrap:anywhere}\n"
    ".ports b,.ports span{flex:none}.ports span{margin-left:auto;color:var(--soft)}\n"
    ".ports .more{color:var(--soft)}\n"
    ".long{grid-template-columns:repeat(auto-fill,minmax(17rem,1fr))}\n"
    ".who{margin:.5rem 0 .75rem}.who td:last-child{white-space:nowrap}\n"
    ".who th b{margin-left:.35rem}\n"
    ".evidence{margin:.5rem 0;padding-left:1.2rem;font-size:.875rem;max-width:42rem}\n";

static const char plots[] =
    "figure{margin:0}\n"
    "svg{overflow:visible}\n"
    "svg text{fill:var(--ink);font-size:.75rem;font-variant-numeric:tabular-nums}\n"
    ".mid{text-anchor:middle}.end{text-anchor:end}\n"
    ".number{font-weight:600}\n"
    ".grid,.tick{stroke:var(--line)}.ground{stroke:var(--soft)}path.ground{stroke:none;fill:var(--line)}\n"
    ".lead{stroke:var(--soft);fill:none}\n"
    ".plot{display:block;margin:.5rem 0}\n"
    ".stack{margin-left:2.75rem;width:calc(100% - 2.75rem - 14.5rem)}\n"
    ".heat{margin-left:11rem;width:calc(100% - 11rem - 3rem)}\n"
    ".heat path{shape-rendering:crispEdges}\n"
    ".stack g>path{stroke:var(--page);stroke-width:.6px;vector-effect:non-scaling-stroke}\n"
    ".spark{display:block;width:100%;margin:.25rem 0 .75rem}\n"
    ".swatch{width:12px;height:12px;margin-right:.4rem;vertical-align:-1px}\n"
    ".legend{list-style:none;margin:1rem 0;padding:0;display:flex;flex-wrap:wrap;gap:.3rem 1.5rem;font-size:.875rem}\n"
    ".legend b{font-weight:400;color:var(--soft);font-variant-numeric:tabular-nums}\n"
    ".legend a{color:inherit;text-decoration-color:var(--line)}\n"
    ".w0{fill:var(--w0)}.w1{fill:var(--w1)}.w2{fill:var(--w2)}.a0{fill:var(--a0)}.a1{fill:var(--a1)}"
    ".a2{fill:var(--a2)}.k0{fill:var(--k0)}.k1{fill:var(--k1)}.k2{fill:var(--k2)}.k3{fill:var(--k3)}"
    ".k4{fill:var(--k4)}.k5{fill:var(--k5)}.x{fill:var(--x)}.passed{fill:var(--passed)}.h1{fill:var(--h1)}"
    ".h2{fill:var(--h2)}.h3{fill:var(--h3)}.h4{fill:var(--h4)}.h5{fill:var(--h5)}.h6{fill:var(--h6)}\n";

static const char phone[] = "@media (max-width:620px){\n"
                            "body{padding:1rem 1rem 2rem}\n"
                            "h1{font-size:1.625rem}.answer{font-size:1.2rem}\n"
                            "main>.figures{display:grid;grid-template-columns:1fr 1fr}\n"
                            ".card{display:block}\n"
                            ".head{display:block}.head h3{margin:.4rem 0 .6rem}\n"
                            ".margin .figures{display:flex;gap:.4rem 1.5rem}.margin .figures div{margin:0}\n"
                            ".stack{width:calc(100% - 2.75rem)}.side,.few,.wide{display:none}\n"
                            ".heat{margin-left:5rem;width:calc(100% - 5rem - 2.5rem)}\n"
                            ".bar{width:22%}.glance .bar,.glance th:last-child,.glance td:last-child{display:none}\n"
                            "th,td{padding-right:.5rem}\n"
                            "}\n";

static const char paper[] =
    "@page{size:A4;margin:14mm 13mm}\n"
    "@media print{\n"
    "html{font-size:9pt;line-height:1.4}body{max-width:none;padding:0}\n"
    "a{color:inherit;text-decoration:none}\n"
    "details{display:none}\n"
    "h2{margin-top:1.75rem}h4{margin-top:.5rem}\n"
    "h2,h3,h2+.note,h3+.note,.note+.legend{break-after:avoid}\n"
    ".card,figure,tr,.act,.bars{break-inside:avoid}\n"
    "th,td{padding-top:.08rem;padding-bottom:.08rem}.verdict{padding:0 .4rem}main>.figures{gap:.3rem 2rem;margin:0 0 "
    ".5rem}\n"
    ".card{padding:.9rem 0;row-gap:.25rem}.margin .figures div{margin-bottom:.2rem}\n"
    ".ports{grid-template-columns:repeat(3,1fr);gap:.05rem 1.25rem;margin-bottom:.5rem;font-size:.8125rem}\n"
    ".act{background:none;border:1px solid var(--line);margin:.5rem 0;padding:.5rem .75rem}.ok .act{border:0}\n"
    ".ports.long{grid-template-columns:repeat(2,1fr)}\n"
    ".who small{display:inline;margin-left:.5em}.who td{white-space:nowrap}\n"
    "header{-webkit-print-color-adjust:exact;print-color-adjust:exact}\n"
    "}\n";

const char *const ptn_html_style[] = {
    colours_light, colours_dark, page, figures, tables, cards, plots, phone, paper, NULL,
};
