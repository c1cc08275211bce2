/* Lets plotly.js keep to the content security policy: load it right before plotly.min.js.
   Style sheets that it would write into the page become constructed ones, and style attributes
   become properties; the policy allows both, because only our own scripts can do so. */
"use strict";

(() => {
  const append = Node.prototype.appendChild;
  const setAttribute = Element.prototype.setAttribute;

  /* The stand-in answers for the <style> element: same id, same way to add rules. */
  function standIn(style) {
    const found = document.createElement("meta");
    const sheet = new CSSStyleSheet();
    sheet.replaceSync(style.textContent);
    document.adoptedStyleSheets = [...document.adoptedStyleSheets, sheet];
    found.id = style.id;
    for (const one of [style, found]) Object.defineProperty(one, "sheet", { value: sheet });
    return found;
  }

  document.head.appendChild = function appendChild(node) {
    append.call(this, node instanceof HTMLStyleElement ? standIn(node) : node);
    return node;
  };

  Element.prototype.setAttribute = function set(name, value) {
    if (name === "style" && this.style) this.style.cssText = value;
    else setAttribute.call(this, name, value);
  };
})();
