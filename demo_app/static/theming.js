// Shows a theme while it is typed; without this the form's button does.
(() => {
  "use strict";

  const form = document.querySelector("[data-theming]"), stage = document.querySelector("[data-theming-stage]");
  const code = document.querySelector("[data-theming-css]");
  const fields = [...form.querySelectorAll("[data-token]")];

  function show() {
    for (const { dataset, value } of fields) stage.style.setProperty(dataset.token, value);
    const set = fields.filter(({ value }) => value.trim());
    code.textContent = `:root {\n${set.map(({ dataset, value }) => `  ${dataset.token}: ${value};\n`).join("")}}\n`;
  }

  form.addEventListener("input", ({ target }) => {
    const text = document.getElementById(target.dataset.for);
    if (text) text.value = target.value;
    show();
  });
})();
