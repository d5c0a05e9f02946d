/* Many files for many deliverables: each is put where its name says, and moved by whoever knows better. What is sent is
   what the plain fields of the form hold, so that everything works without this file, one field at a time. */
(() => {
  "use strict";

  const formOf = (place) => place.closest?.("form[data-hand-in]");
  const places = (form) => [...form.querySelectorAll("[data-takes]")];
  const inputOf = (place) => place.querySelector("input[type=file]");
  const unsorted = new WeakMap(); // of a form: files that nobody knows the place of yet
  const size = (bytes) => (bytes < 1 << 20 ? `${Math.max(1, Math.round(bytes / 1024))} KB` : `${(bytes / (1 << 20)).toFixed(1)} MB`);

  /* ---- which deliverable a name speaks of ------------------------------------------------------------------------ */

  const plain = (text) => text.toLowerCase().replace(/\.[^.]{1,5}$/, "").replace(/[^\p{L}\p{N}]/gu, "");
  function pairs(text) {
    const letters = [...plain(text)];
    return new Set(letters.slice(1).map((letter, at) => letters[at] + letter));
  }
  function likeness(name, words) {
    const [ours, theirs] = [pairs(name), pairs(words)];
    const least = Math.min(ours.size, theirs.size);
    return least ? [...ours].filter((pair) => theirs.has(pair)).length / least : 0;
  }

  /** The place that a file's name speaks of by its words, or else by the number that it begins with; or null. */
  function guess(form, name) {
    const found = places(form).map((place) => [likeness(name, place.dataset.words), place]).sort((a, b) => b[0] - a[0]);
    if (found.length && found[0][0] >= 0.5 && (found.length === 1 || found[0][0] > found[1][0])) return found[0][1];
    const number = /^\s*(?:第|附件)?\s*(\d{1,2})(?!\d)/.exec(name)?.[1];
    const numbered = places(form).filter((place) => Number(place.dataset.takes) === Number(number));
    return numbered.length === 1 ? numbered[0] : null;
  }

  /* ---- where files are ------------------------------------------------------------------------------------------- */

  function put(input, files) {
    const held = new DataTransfer();
    files.forEach((file) => held.items.add(file));
    input.files = held.files;
  }
  const isSame = (one, other) => one.name === other.name && one.size === other.size && one.lastModified === other.lastModified;

  function add(place, file) {
    const held = [...inputOf(place).files];
    if (!held.some((each) => isSame(each, file))) put(inputOf(place), [...held, file]);
  }
  function remove(form, place, file) {
    if (place) put(inputOf(place), [...inputOf(place).files].filter((each) => each !== file));
    else unsorted.set(form, (unsorted.get(form) || []).filter((each) => each !== file));
  }

  /* ---- what is shown --------------------------------------------------------------------------------------------- */

  function line(form, place, file) {
    const row = document.createElement("li");
    const name = document.createElement("span");
    const bytes = document.createElement("span");
    const choice = document.createElement("select");
    const drop = document.createElement("button");
    name.className = "chosen-name";
    name.textContent = file.name;
    bytes.className = "small soft";
    bytes.textContent = size(file.size);
    choice.className = "form-select";
    choice.setAttribute("aria-label", `“${file.name}”是哪一项成果的`);
    choice.required = true;
    if (!place) choice.append(new Option("请选择", ""));
    places(form).forEach((each, at) => choice.append(new Option(`${each.dataset.takes}. ${each.dataset.words}`.slice(0, 40), String(at), false, each === place)));
    choice.addEventListener("change", () => {
      remove(form, place, file);
      add(places(form)[Number(choice.value)], file);
      show(form);
    });
    drop.type = "button";
    drop.className = "btn btn-quiet btn-small";
    drop.textContent = "移除";
    drop.setAttribute("aria-label", `移除“${file.name}”`);
    drop.addEventListener("click", () => { remove(form, place, file); show(form); });
    row.append(name, bytes, choice, drop);
    if (place) {
      const bar = document.createElement("progress");
      bar.max = 100;
      bar.value = 0;
      bar.hidden = true;
      bar.setAttribute("aria-label", `“${file.name}”的上传进度`);
      row.append(bar);
    }
    return row;
  }

  function show(form) {
    const left = unsorted.get(form) || [];
    form.querySelector("[data-unsorted-box]").hidden = !left.length;
    form.querySelector("[data-unsorted]").replaceChildren(...left.map((file) => line(form, null, file)));
    places(form).forEach((place) => {
      place.querySelector("[data-chosen]").replaceChildren(...[...inputOf(place).files].map((file) => line(form, place, file)));
    });
    showTotal(form);
  }

  function showTotal(form) {
    const files = places(form).flatMap((place) => [...inputOf(place).files]);
    const bytes = files.reduce((sum, file) => sum + file.size, 0);
    const [most, mostFiles] = [Number(form.dataset.mostBytes), Number(form.dataset.mostFiles)];
    const words = form.querySelector("[data-total]");
    form.dataset.hint ||= words.textContent;
    const isTooMuch = bytes > most || files.length > mostFiles;
    words.classList.toggle("field-error", isTooMuch);
    words.textContent = isTooMuch
      ? `已选 ${files.length} 个文件，合计 ${size(bytes)}，超过一次可以提交的 ${mostFiles} 个、${size(most)}。请移除一部分，分几次提交。`
      : files.length ? `已选 ${files.length} 个文件，合计 ${size(bytes)}。` : form.dataset.hint;
    form.querySelector("button[type=submit]").disabled = isTooMuch;
  }

  document.addEventListener("change", (event) => {
    const form = formOf(event.target);
    if (!form || event.target.type !== "file") return;
    if (event.target.hasAttribute("data-sort-in")) {
      [...event.target.files].forEach((file) => {
        const place = guess(form, file.name);
        if (place) add(place, file);
        else unsorted.set(form, [...(unsorted.get(form) || []), file]);
      });
      event.target.value = "";
    }
    show(form);
  });

  /* ---- how far each has come: they are sent one after the other, in the order of the form --------------------------- */

  document.addEventListener("htmx:xhr:progress", (event) => {
    const form = formOf(event.target);
    if (!form || !event.detail.lengthComputable) return;
    let before = 0;
    places(form).forEach((place) => [...inputOf(place).files].forEach((file, at) => {
      const bar = place.querySelectorAll("[data-chosen] progress")[at];
      if (bar) {
        bar.hidden = false;
        bar.value = Math.max(bar.value, Math.min(100, (100 * (event.detail.loaded - before)) / Math.max(1, file.size)));
      }
      before += file.size;
    }));
  });
})();
