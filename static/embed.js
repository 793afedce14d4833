// Shows bookers on the pages of other sites: <booker-embed src>, links with data-booker-popup, a floating button.
// Needs nothing else, and nothing that a strict policy forbids: docs/embedding.md.
(() => {
  "use strict";
  if (customElements.get("booker-embed")) return;

  const sheet = new CSSStyleSheet();
  sheet.replaceSync(`
    :host { display: block; }
    :host([hidden]) { display: none; }
    iframe { display: block; inline-size: 100%; block-size: 40rem; border: 0; }
    div { border-radius: 16px; }
    [aria-busy=true] { background: color-mix(in srgb, currentcolor 6%, transparent); }
    [aria-busy=true] iframe { opacity: 0; }
    button { font: 600 1rem/1.25 system-ui, sans-serif; cursor: pointer; }
    :focus-visible { outline: 3px solid; outline-offset: 2px; }
    [part=button] {
      position: fixed;
      inset-block-end: max(20px, env(safe-area-inset-bottom));
      inset-inline-end: 20px;
      z-index: 2147483000;
      max-inline-size: calc(100vw - 40px);
      min-block-size: 48px;
      padding: 8px 22px;
      border: 2px solid transparent;
      border-radius: 24px;
      background: var(--bk-accent, #2b57c9);
      color: var(--bk-on-accent, #fff);
      box-shadow: 0 4px 16px #0004;
    }
    [part=button]:focus-visible { outline-color: var(--bk-accent, #2b57c9); }
    :host([corner=start]) [part=button] { inset-inline: 20px auto; }
    dialog {
      box-sizing: border-box;
      inline-size: min(70rem, 100vw - 32px);
      max-inline-size: none;
      max-block-size: calc(100dvh - 32px);
      padding: 0 16px 16px;
      border: 1px solid transparent;
      border-radius: 16px;
      background: Canvas;
      color: CanvasText;
      overflow: hidden;
    }
    dialog[open] { display: flex; flex-direction: column; }
    dialog[aria-busy=true] { background: Canvas; }
    dialog::backdrop { background: #0009; }
    dialog iframe { min-block-size: 0; }
    [part=close] {
      flex: none;
      align-self: end;
      inline-size: 44px;
      block-size: 44px;
      margin-inline-end: -12px;
      border: 0;
      border-radius: 22px;
      background: none;
      color: inherit;
      font-size: 1.75rem;
      font-weight: 400;
    }
    [part=close]:focus-visible { outline-offset: -4px; }
    @media (width < 40rem) {
      dialog { inline-size: 100vw; block-size: 100dvh; max-block-size: none; margin: 0; padding: 0; border: 0; border-radius: 0; }
      dialog iframe { flex: 1 1 0; }
      [part=close] { margin: 0; }
    }
    @media print { [part=button] { display: none; } }
  `);

  const make = (name, properties) => Object.assign(document.createElement(name), properties);
  const option = (element, name) => element.getAttribute(name) ?? element.getAttribute(`data-${name}`) ?? "";
  const label = (element) => option(element, "label") || element.textContent.trim() || "Booking";

  // The booker speaks the language of the page, and is told where the guest came from; of the page's own address
  // nothing else goes along.
  function address(element, src) {
    const url = new URL(src, document.baseURI);
    if (!/^https?:$/.test(url.protocol)) throw new TypeError(`${src} is no address of a booker.`);
    const known = url.searchParams, add = (name, value) => value && !known.has(name) && known.set(name, value);
    for (const name of ["source", "medium", "campaign", "term", "content"]) {
      add(`utm_${name}`, new URLSearchParams(location.search).get(`utm_${name}`));
    }
    const language = element.closest("[lang]")?.lang;
    // "en" alone says less of clocks and weeks than the guest's own "en-GB".
    add("lang", language && (navigator.languages.find((each) => each.startsWith(`${language}-`)) || language));
    return url;
  }

  // Answers go by message into the form: they are in no address and no log.
  function prefill(element) {
    const told = [...element.attributes].filter(({ name }) => name.startsWith("data-prefill-"));
    return Object.fromEntries(told.map(({ name, value }) => [name.slice(13), value]));
  }

  // Light or dark as the page is, which may leave it to the guest.
  function fitting(element) {
    const said = getComputedStyle(element).colorScheme.replace("normal", "");
    const schemes = said || document.querySelector("meta[name=color-scheme]")?.content || "light";
    return /dark/.test(schemes) ? (/light/.test(schemes) ? "auto" : "dark") : "light";
  }

  class Embed extends HTMLElement {
    static observedAttributes = ["src"];
    // Where it is told what happens, and whose attributes count: for a dialog what has opened it.
    opener = this;

    connectedCallback() {
      const root = this.shadowRoot || this.attachShadow({ mode: "open" });
      root.adoptedStyleSheets = [sheet];
      if (!this.hasAttribute("src")) return;
      if (option(this, "mode") === "button") return this.float(root);
      this.box = this.opener === this ? make("div") : this.dialog();
      root.append(this.box);
      this.show();
      this.box.showModal?.();
    }

    disconnectedCallback() {
      removeEventListener("message", this);
      clearInterval(this.asking);
      this.shadowRoot.replaceChildren();
      this.free?.();
    }

    attributeChangedCallback() {
      if (!this.isConnected || !this.shadowRoot) return;
      this.disconnectedCallback();
      this.connectedCallback();
    }

    float(root) {
      const button = make("button", { type: "button", part: "button", textContent: label(this) });
      button.ariaHasPopup = "dialog";
      button.onclick = () => popUp(this, this.getAttribute("src"), button);
      root.append(button);
    }

    dialog() {
      const box = make("dialog", { ariaLabel: label(this.opener) });
      const close = make("button", { type: "button", part: "close", textContent: "\u00d7" });
      close.ariaLabel = option(this.opener, "close-label") || "Close";
      close.onclick = () => box.close();
      // A click at the box itself is one beside it, at its backdrop, or one at its edge.
      box.onclick = ({ target, clientX: x, clientY: y }) => {
        const { left, right, top, bottom } = box.getBoundingClientRect();
        if (target === box && (x < left || x > right || y < top || y > bottom)) box.close();
      };
      box.onclose = () => this.remove();
      box.append(close);
      return box;
    }

    show() {
      const { opener, box } = this, theme = option(opener, "theme") || fitting(opener);
      this.url = address(opener, this.getAttribute("src"));
      this.frame = make("iframe", { title: label(opener), referrerPolicy: "origin", loading: option(opener, "loading") || "eager" });
      // Where frame and page differ in this, browsers put an opaque sheet behind the frame.
      box.style.colorScheme = theme === "auto" ? "light dark" : theme;
      box.ariaBusy = "true";
      addEventListener("message", this);
      this.frame.onload = () => this.ask({
        source: "booker", type: "hello", theme, prefill: prefill(opener),
        dialects: option(opener, "dialect").match(/\w+/g) || [], namespace: option(opener, "namespace"),
      });
      this.frame.src = this.url;
      box.append(this.frame);
    }

    // Its script may come a little after the page in the frame; where none answers at all, a link leads there.
    ask(hello, left = 8) {
      const say = () => {
        if (!left--) return this.fail();
        this.frame.contentWindow?.postMessage(hello, this.url.origin);
      };
      clearInterval(this.asking);
      this.asking = setInterval(say, 1000);
      say();
    }

    fail() {
      this.ready();
      const link = make("a", { href: this.url, target: "_blank", rel: "noopener", textContent: label(this.opener) });
      this.box.append(make("slot"));
      this.box.lastChild.append(link);
      this.tell("failed", { message: "No answer" });
    }

    ready() {
      clearInterval(this.asking);
      this.box.ariaBusy = "false";
      this.box.querySelector("slot")?.remove();
    }

    // What another frame or another site says is not for us.
    handleEvent({ source, origin, data }) {
      if (source !== this.frame.contentWindow || origin !== this.url.origin || !data) return;
      if (data.originator === "CAL") dispatchEvent(new CustomEvent(data.fullType, { detail: data }));
      if (data.source !== "booker") return;
      const { type, detail } = data;
      if (type === "close") return this.box.close?.();
      if (type === "ready") this.ready();
      if (type === "height") this.frame.style.blockSize = `${+detail.height}px`;
      else if (this.opener === this && /[^w]ed$/.test(type) && this.getBoundingClientRect().top < 0) this.scrollIntoView();
      this.tell(type, detail);
    }

    tell(type, detail) {
      this.opener.dispatchEvent(new CustomEvent(`booker:${type}`, { bubbles: true, composed: true, detail }));
    }
  }

  function popUp(opener, src, button = opener) {
    const embed = document.createElement("booker-embed"), { style, clientWidth } = document.documentElement;
    const { overflow, scrollbarGutter } = style;
    embed.opener = opener;
    embed.dataset.turboTemporary = "";
    embed.setAttribute("src", address(opener, src));
    embed.free = () => {
      Object.assign(style, { overflow, scrollbarGutter });
      button.focus();
    };
    if (innerWidth > clientWidth) style.scrollbarGutter = "stable";
    style.overflow = "hidden";
    document.body.append(embed);
  }

  customElements.define("booker-embed", Embed);
  document.addEventListener("click", (event) => {
    const link = event.target.closest?.("[data-booker-popup]");
    if (!link || event.defaultPrevented || event.button || event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return;
    popUp(link, link.dataset.bookerPopup || link.href);
    event.preventDefault();
  });
})();
