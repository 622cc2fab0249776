-- Quarto's blocks in Pandoc's terms: callouts, tabsets, numbered figures, tables and equations, references, links.
-- Read by press/render/pandoc.py. Labels and references were checked before (press/source/markdown_checks.py), with file and line.

local words = { fig = "Figure", tbl = "Table", sec = "Section", eq = "Equation", lst = "Listing" }
local statements = { thm = "Theorem", lem = "Lemma", cor = "Corollary", prp = "Proposition", cnj = "Conjecture", def = "Definition",
  exm = "Example", exr = "Exercise", sol = "Solution", rem = "Remark", alg = "Algorithm" }
for kind, word in pairs(statements) do words[kind] = word end
local unnumbered = { proof = "Proof", remark = "Remark", solution = "Solution" }
local counts = setmetatable({}, { __index = function() return 0 end })
local names = {}   -- label -> what a reference says: "Figure 1"
local bare = {}    -- label -> the number alone, for [-@fig-x]

local function kind_of(label) return label:match("^(%a+)%-") or "" end

local function number(label)
  local kind = kind_of(label)
  counts[kind] = counts[kind] + 1
  names[label] = words[kind] .. "\u{a0}" .. counts[kind]
  bare[label] = tostring(counts[kind])
  return names[label]
end

local function html(text) return pandoc.RawBlock("html", text) end

local function has_prefix(div, prefix)
  for _, class in ipairs(div.classes) do
    if class:sub(1, #prefix) == prefix then return class:sub(#prefix + 1) end
  end
end

local function inlines(markdown) return pandoc.utils.blocks_to_inlines(pandoc.read(markdown, "markdown").blocks) end

local function title_and_rest(div)
  local title, rest = nil, {}
  for _, block in ipairs(div.content) do
    if not title and #rest == 0 and block.t == "Header" then title = block.content else table.insert(rest, block) end
  end
  if div.attributes.title then title = inlines(div.attributes.title) end
  return title, rest
end

local function callout(div, kind)
  local title, rest = title_and_rest(div)
  local collapse = div.attributes.collapse
  local look = div.attributes.appearance
  local untitled = title == nil and (look == "simple" or look == "minimal") and not collapse
  title = title or { pandoc.Str(kind:sub(1, 1):upper() .. kind:sub(2)) }
  local class = 'class="callout callout-' .. kind .. (look and " callout-look-" .. look or "") .. '"'
  local id = div.identifier ~= "" and (' id="' .. div.identifier .. '"') or ""
  local out = {}
  if collapse then
    table.insert(out, html("<details " .. class .. id .. (collapse == "false" and " open" or "") .. '><summary class="callout-header">'))
    table.insert(out, pandoc.Plain(title))
    table.insert(out, html("</summary>"))
  elseif untitled then -- as in Quarto: its kind is a colour, and a name for a screen reader
    table.insert(out, html("<div " .. class .. id .. ' role="note" aria-label="' .. pandoc.utils.stringify(title) .. '">'))
  else
    table.insert(out, html("<div " .. class .. id .. '><div class="callout-header">'))
    table.insert(out, pandoc.Plain(title))
    table.insert(out, html("</div>"))
  end
  table.insert(out, pandoc.Div(rest, { class = "callout-body" })) -- a Div, so that sections close inside it
  table.insert(out, html(collapse and "</details>" or "</div>"))
  return out
end

local tabsets = 0

local function tabset(div)
  local level
  for _, block in ipairs(div.content) do
    if block.t == "Header" then level = math.min(level or block.level, block.level) end
  end
  if not level then error("a .panel-tabset without a heading has no tabs", 0) end
  tabsets = tabsets + 1
  local tabs, panels = {}, {}
  for _, block in ipairs(div.content) do
    if block.t == "Header" and block.level == level then
      local id = "tab-" .. tabsets .. "-" .. (#tabs + 1)
      local first = #tabs == 0
      table.insert(tabs, { id = id, title = block.content, first = first })
      table.insert(panels, { id = id, title = block.content, blocks = {} })
    else
      if #panels == 0 then error("text before the first heading of a .panel-tabset belongs to no tab", 0) end
      table.insert(panels[#panels].blocks, block)
    end
  end
  local out = { html('<div class="panel-tabset"><div class="tabs" role="tablist">') }
  for _, tab in ipairs(tabs) do
    local selected = tab.first and 'aria-selected="true"' or 'aria-selected="false" tabindex="-1"'
    table.insert(out, html('<button type="button" role="tab" id="' .. tab.id .. '" aria-controls="' .. tab.id .. '-panel" ' .. selected .. ">"))
    table.insert(out, pandoc.Plain(tab.title))
    table.insert(out, html("</button>"))
  end
  table.insert(out, html("</div>"))
  for _, panel in ipairs(panels) do -- a Div, so that sections close inside it
    local attributes = pandoc.Attr(panel.id .. "-panel", {}, { { "role", "tabpanel" }, { "aria-labelledby", panel.id } }) -- in an order
    local title = pandoc.Plain(panel.title) -- seen in print, and where no script shows the tabs
    table.insert(panel.blocks, 1, html('<p class="tab-title">'))
    table.insert(panel.blocks, 2, title)
    table.insert(panel.blocks, 3, html("</p>"))
    table.insert(out, pandoc.Div(panel.blocks, attributes))
  end
  table.insert(out, html("</div>"))
  return out
end

local function with_caption(name, content)
  if not name then return content end
  local caption = { pandoc.Span({ pandoc.Str(name .. ":") }, { class = "caption-number" }), pandoc.Space() }
  for _, inline in ipairs(content) do table.insert(caption, inline) end
  return caption
end

-- The parts of a figure that have labels of their own: (a), (b) below it, Figure 1 (a) elsewhere.
local function parts(div, name)
  local letter = string.byte("a")
  local function part(element)
    if kind_of(element.identifier) ~= kind_of(div.identifier) then return nil end
    local sign = "(" .. string.char(letter) .. ")"
    letter = letter + 1
    names[element.identifier], bare[element.identifier] = name .. "\u{a0}" .. sign, sign
    if element.t == "Figure" then
      local caption = element.caption.long[1]
      if caption then caption.content = pandoc.List({ pandoc.Str(sign), pandoc.Space() }) .. caption.content end
    else
      local last = element.content[#element.content]
      if last.t == "Para" then last.content = pandoc.List({ pandoc.Str(sign), pandoc.Space() }) .. last.content end
    end
    element.classes:insert("part")
    return element
  end
  return div.content:walk({ Figure = part, Div = part })
end

local function statement(div, word, name)
  local title, rest = title_and_rest(div)
  local head = pandoc.List({ pandoc.Str(name or word) })
  if div.attributes.name then title = inlines(div.attributes.name) end
  if title then head = head .. { pandoc.Space(), pandoc.Str("(") } .. title .. { pandoc.Str(")") } end
  local mark = name and pandoc.Strong(head) or pandoc.Emph(head .. { pandoc.Str(".") })
  if rest[1] and rest[1].t == "Para" then
    rest[1].content = pandoc.List({ mark, pandoc.Space() }) .. rest[1].content
  else
    table.insert(rest, 1, pandoc.Para({ mark }))
  end
  div.attributes.name = nil
  div.content = rest
  return div
end

local function float(div)
  local kind = kind_of(div.identifier) == "tbl" and "tbl" or "fig"
  local name = kind_of(div.identifier) == kind and number(div.identifier) or nil
  local content, caption = {}, {}
  for _, block in ipairs(name and parts(div, name) or div.content) do table.insert(content, block) end
  local last = content[#content]
  if #content > 1 and (last.t == "Para" or last.t == "Plain") then
    caption = last.content
    table.remove(content)
  end
  local given = div.attributes["fig-cap"] or div.attributes["tbl-cap"]
  if given then caption = inlines(given) end
  local figcaption = { html("<figcaption>"), pandoc.Plain(with_caption(name, caption)), html("</figcaption>") }
  local id = div.identifier ~= "" and 'id="' .. div.identifier .. '" ' or ""
  local out = { html("<div " .. id .. 'class="quarto-float quarto-float-' .. kind .. '"><figure>') }
  if kind == "tbl" then for _, block in ipairs(figcaption) do table.insert(out, block) end end
  for _, block in ipairs(content) do table.insert(out, block) end
  if kind == "fig" then for _, block in ipairs(figcaption) do table.insert(out, block) end end
  table.insert(out, html("</figure></div>"))
  return out
end

-- Code annotations: `# <1>` at the end of a line, and the numbered list below that says what it means.
-- The marks become numbers in press/render/pandoc.py, once the code is highlighted.
local function annotated(block)
  if block.t == "CodeBlock" then
    if not block.text:match("<%d+>[ \t]*\n") and not block.text:match("<%d+>[ \t]*$") then return nil end
    block.attributes.annotated = "1"
    return block
  end
  if not (block.t == "Div" and block.classes:includes("cell")) then return nil end
  local found
  local marked = block:walk({ CodeBlock = function(code)
    if code.classes:includes("cell-code") and annotated(code) then
      found = true
      return code
    end
  end })
  return found and marked or nil
end

local annotations = {
  Blocks = function(blocks)
    for index = 2, #blocks do
      local code = blocks[index].t == "OrderedList" and annotated(blocks[index - 1])
      if code then
        blocks[index - 1] = code
        blocks[index] = pandoc.Div({ blocks[index] }, { class = "code-annotations" })
      end
    end
    return blocks
  end,
}

-- The title is the page's only heading of level 1; where a text has others, all its headings go down a level.
local levels = {
  Pandoc = function(doc)
    local highest = false
    for _, block in ipairs(doc.blocks) do highest = highest or (block.t == "Header" and block.level == 1) end
    if not highest then return nil end
    return doc:walk({ Header = function(header)
      header.level = math.min(header.level + 1, 6)
      return header
    end })
  end,
}

-- Math: what Pandoc lacks in terms of what it has. In a value {...} is #1, the next {...} #2.
local macros = {
  ["\\textcolor"] = { 2, "{#2}" }, ["\\mathcolor"] = { 2, "{#2}" }, ["\\colorbox"] = { 2, "\\boxed{\\text{#2}}" },
  ["\\cfrac"] = { 2, "\\frac{#1}{#2}" }, ["\\nicefrac"] = { 2, "{#1}/{#2}" }, ["\\sfrac"] = { 2, "{#1}/{#2}" },
  ["\\dbinom"] = { 2, "\\binom{#1}{#2}" }, ["\\tbinom"] = { 2, "\\binom{#1}{#2}" },
  ["\\mathbbm"] = { 1, "\\mathbb{#1}" }, ["\\mathnormal"] = { 1, "{#1}" }, ["\\textsc"] = { 1, "\\text{#1}" },
  ["\\fbox"] = { 1, "\\boxed{\\text{#1}}" }, ["\\mathclap"] = { 1, "{#1}" }, ["\\mathllap"] = { 1, "{#1}" }, ["\\mathrlap"] = { 1, "{#1}" },
  ["\\smash"] = { 1, "{#1}" }, ["\\vphantom"] = { 1, "" }, ["\\hphantom"] = { 1, "\\phantom{#1}" }, ["\\raisebox"] = { 2, "\\text{#2}" },
  ["\\intertext"] = { 1, "\\text{#1} \\\\" }, ["\\shortintertext"] = { 1, "\\text{#1} \\\\" },
  ["\\bra"] = { 1, "\\langle {#1} |" }, ["\\ket"] = { 1, "| {#1} \\rangle" }, ["\\braket"] = { 1, "\\langle {#1} \\rangle" },
  ["\\prescript"] = { 3, "{}^{#1}_{#2}{#3}" }, ["\\require"] = { 1, "" }, ["\\vspace"] = { 1, "" }, ["\\label"] = { 1, "" },
  ["\\href"] = { 2, "{#2}" }, ["\\notag"] = { 0, "" }, ["\\nonumber"] = { 0, "" }, ["\\vcentcolon"] = { 0, ":" },
  ["\\bmod"] = { 0, "\\mathbin{\\text{mod}}" }, ["\\hfill"] = { 0, "\\quad" }, ["\\strut"] = { 0, "" }, ["\\mathstrut"] = { 0, "" },
  ["\\thinspace"] = { 0, "\\," }, ["\\negthinspace"] = { 0, "\\!" }, ["\\allowdisplaybreaks"] = { 0, "" }, ["\\relax"] = { 0, "" },
  ["\\limits"] = { 0, "" }, ["\\middle"] = { 0, "" }, ["\\idotsint"] = { 0, "\\int\\cdots\\int" }, ["\\lefteqn"] = { 1, "{#1}" },
}
for _, size in ipairs({ "tiny", "small", "normalsize", "large", "Large", "huge" }) do macros["\\" .. size] = { 0, "" } end
local environments = { dcases = "cases", ["dcases*"] = "cases", ["cases*"] = "cases", equation = "", ["equation*"] = "", subequations = "", displaymath = "", math = "" }
local equations = {} -- \label -> its number

local function argument(text, at) -- a group in braces, a command or a letter; and where it ends
  local first, last = text:find("^%s*%b{}", at)
  if first then return text:sub(first, last):match("^%s*{(.*)}$"), last + 1 end
  first, last = text:find("^%s*\\%a+", at)
  if not first then first, last = text:find("^%s*" .. utf8.charpattern, at) end
  if not first then return nil, at end
  return text:sub(first, last):match("^%s*(.*)$"), last + 1
end

local function define(text) -- takes the page's own commands out of a text
  local function take(pattern)
    while true do
      local first, last, name, many = text:find(pattern)
      if not first then return end
      local body, after = argument(text, last + 1)
      if not body then return end
      if text:sub(first):match("^\\DeclareMathOperator%*") then body = "\\operatorname*{" .. body .. "}"
      elseif text:sub(first):match("^\\DeclareMathOperator") then body = "\\operatorname{" .. body .. "}" end
      macros[name] = { tonumber(many) or 0, body }
      text = text:sub(1, first - 1) .. text:sub(after)
    end
  end
  for _, command in ipairs({ "newcommand", "renewcommand", "providecommand", "DeclareMathOperator" }) do
    take("\\" .. command .. "%*?%s*{?%s*(\\%a+)%s*}?%s*%[(%d)%]%s*%f[{]")
    take("\\" .. command .. "%*?%s*{?%s*(\\%a+)%s*}?%s*()%f[{\\]")
  end
  take("\\def%s*(\\%a+)%s*()%f[{]")
  return text
end

local function expand(text, depth)
  if depth > 20 then error("the math command in " .. text:sub(1, 60) .. " means itself", 0) end
  local out, at = {}, 1
  while true do
    local first, last = text:find("\\%a+", at)
    if not first then break end
    local name = text:sub(first, last)
    local macro, after = macros[name], last + 1
    table.insert(out, text:sub(at, first - 1))
    if macro then
      local values = {}
      for index = 1, macro[1] do
        if name == "\\raisebox" or name == "\\smash" then after = text:match("^%s*%b[]()", after) or after end
        values[index], after = argument(text, after)
      end
      local body = macro[2]:gsub("#(%d)", function(digit) return values[tonumber(digit)] or "" end)
      body = expand(body, depth + 1)
      if body:match("%a$") and text:match("^%a", after) then body = body .. " " end
      table.insert(out, body)
    else
      table.insert(out, name)
    end
    at = after
  end
  table.insert(out, text:sub(at))
  return table.concat(out)
end

local function rewritten(text)
  text = text:gsub("\\eqref%s*{([^}]*)}", function(name) return "\\text{(" .. (equations[name] or bare[name] or name) .. ")}" end)
  text = text:gsub("\\ref%s*{([^}]*)}", function(name) return "\\text{" .. (equations[name] or bare[name] or name) .. "}" end)
  text = text:gsub("\\begin{rcases}(.-)\\end{rcases}", "\\left. \\begin{array}{ll} %1 \\end{array} \\right\\}")
  for name, other in pairs(environments) do
    local plain = name:gsub("%*", "%%*")
    for _, side in ipairs({ "begin", "end" }) do
      text = text:gsub("\\" .. side .. "{" .. plain .. "}", other == "" and "" or "\\" .. side .. "{" .. other .. "}")
    end
  end
  text = text:gsub("\\[mhk]s?k[ie][pr]n?%s*%-?[%d.]+%s*%a%a", "\\,") -- \mskip, \hskip, \kern, with a length
  return expand(text, 1)
end


local setting = { Math = function(math)
  math.text = rewritten(math.text)
  if not math.text:match("%S") then return {} end -- it held definitions alone
  return math
end }

local SET_IN_PROSE = {}
for name in ("align alignat equation gather multline eqnarray flalign displaymath math split"):gmatch("%a+") do
  SET_IN_PROSE[name], SET_IN_PROSE[name .. "*"] = true, true
end

local function math_in_prose(element)
  local environment = element.format ~= "html" and element.text:match("^%s*\\begin{(%a+%*?)}")
  if not SET_IN_PROSE[environment] then return nil end
  local math = pandoc.Math("DisplayMath", define(element.text))
  return element.t == "RawBlock" and pandoc.Para({ math }) or math
end

local defining = {
  Math = function(math)
    math.text = define(math.text)
    return math
  end,
  RawBlock = math_in_prose,
  RawInline = math_in_prose,
}

-- First walk: number what bears a label, in the order of the page.
local numbering = {
  traverse = "topdown",
  Header = function(header)
    if kind_of(header.identifier) == "sec" then
      names[header.identifier] = pandoc.utils.stringify(header)
      bare[header.identifier] = names[header.identifier]
    end
  end,
  Figure = function(figure)
    figure:walk({ Image = function(image)
      local align = image.attributes["fig-align"]
      if align and align ~= "default" then figure.classes:insert("quarto-figure-" .. align) end
    end })
    if kind_of(figure.identifier) == "fig" and not figure.classes:includes("part") then
      local caption = figure.caption.long[1]
      local name = number(figure.identifier)
      if caption then caption.content = with_caption(name, caption.content) end
      figure.classes:insert("quarto-float")
    end
    return figure
  end,
  Image = function(image)
    local alt, align = image.attributes["fig-alt"], image.attributes["fig-align"]
    if alt then image.attributes["fig-alt"], image.attributes.alt = nil, alt end
    if align then image.attributes["fig-align"] = nil end
    return image
  end,
  Table = function(tbl)
    -- `: caption {#tbl-x}` below a table: Pandoc leaves the attribute at the end of the caption
    local caption = tbl.caption.long[#tbl.caption.long]
    if not caption then return end
    local last = caption.content[#caption.content]
    local label = tbl.identifier ~= "" and tbl.identifier or (last and last.t == "Str" and last.text:match("^{#(tbl%-[%w_-]+)}$"))
    if not label or kind_of(label) ~= "tbl" then return end
    if tbl.identifier == "" then
      caption.content:remove()
      tbl.identifier = label
    end
    caption.content = with_caption(number(label), caption.content)
    return tbl
  end,
  CodeBlock = function(code)
    if kind_of(code.identifier) ~= "lst" then return nil end
    local name, caption = number(code.identifier), inlines(code.attributes["lst-cap"] or "")
    local head = '<div id="' .. code.identifier .. '" class="quarto-float quarto-float-lst"><figure><figcaption>'
    code.identifier, code.attributes["lst-cap"] = "", nil
    return { html(head), pandoc.Plain(with_caption(name, caption)), html("</figcaption>"), code, html("</figure></div>") }
  end,
  Span = function(span)
    -- `[word]{.term}`: where the glossary leads (exhibits/page/glossary.py)
    if span.classes:includes("term") and span.identifier == "" then
      span.identifier = "term-" .. pandoc.utils.stringify(span):lower():gsub("[^a-z0-9]+", "-")
      return span
    end
  end,
  Para = function(para)
    -- `$$ ... $$ {#eq-x}`
    for index = 1, #para.content do
      local math, label = para.content[index], nil
      local at = index + 1
      if math.t == "Math" and math.mathtype == "DisplayMath" then
        local own = math.text:match("\\label%s*{([^}]*)}") -- which \\eqref names
        if own and #para.content == 1 then
          counts.eq = counts.eq + 1
          equations[own] = tostring(counts.eq)
          return pandoc.Div({ pandoc.Para({ math, pandoc.Span({ pandoc.Str("(" .. counts.eq .. ")") }, { class = "equation-number" }) }) },
            { id = own, class = "equation" })
        end
        if para.content[at] and para.content[at].t == "Space" then at = at + 1 end
        label = para.content[at] and para.content[at].t == "Str" and para.content[at].text:match("^{#(eq%-[%w_-]+)}$")
        if label then
          number(label)
          return pandoc.Div({ pandoc.Para({ math, pandoc.Span({ pandoc.Str("(" .. bare[label] .. ")") }, { class = "equation-number" }) }) },
            { id = label, class = "equation" })
        end
      end
    end
  end,
  Div = function(div)
    local kind = kind_of(div.identifier)
    local part = div.classes:includes("part")
    if not part and (kind == "fig" or kind == "tbl" or div.classes:includes("figure-of-cell")) then return float(div) end
    if statements[kind] then return statement(div, statements[kind], number(div.identifier)) end
    for class, word in pairs(unnumbered) do
      if div.classes:includes(class) then return statement(div, word) end
    end
    local named = has_prefix(div, "callout-")
    if named and named ~= "body" then return callout(div, named) end
    if div.classes:includes("panel-tabset") then return tabset(div) end
    if div.classes:includes("column-margin") then div.attributes.role = "note" end
    return div
  end,
}

-- Second walk: references and links.
local linking = {
  Cite = function(cite)
    local out = pandoc.List()
    for index, citation in ipairs(cite.citations) do
      local name = citation.mode == "SuppressAuthor" and bare[citation.id] or names[citation.id]
      if not name and words[kind_of(citation.id)] then error("@" .. citation.id .. " labels a cell that shows nothing", 0) end
      if not name then return nil end -- a source, for Pandoc's own citeproc
      if index > 1 then out:extend({ pandoc.Str(","), pandoc.Space() }) end
      out:extend(citation.prefix)
      if #citation.prefix > 0 then out:insert(pandoc.Space()) end
      out:insert(pandoc.Link({ pandoc.Str(name) }, "#" .. citation.id, "", { class = "quarto-xref" }))
      out:extend(citation.suffix)
    end
    return out
  end,
  Link = function(link)
    if not link.target:match("^%a[%w+.-]*:") then
      link.target = link.target:gsub("%.qmd$", ".html"):gsub("%.qmd#", ".html#")
      return link
    end
  end,
}

-- What is raw and no HTML would be left out without a word; math in prose is math.
local function raw(element)
  if element.format == "html" then return nil end
  local name = element.text:match("^\\eqref%s*{([^}]*)}%s*$")
  if name then
    local said = equations[name] or bare[name]
    if not said then error("@" .. name .. " refers to nothing on this page", 0) end
    return pandoc.Str("(" .. said .. ")")
  end
  local rest = define(element.text):gsub("\\%a+%*?", function(command)
    local pages = command:match("page$") or command:match("pagebreak$") or command:match("skip$")
    return (pages or command == "\\noindent") and "" or nil -- of paper
  end)
  if not rest:match("%S") then return {} end
  error("raw TeX is printed nowhere: " .. element.text .. " (for math write $...$)", 0)
end

return { levels, annotations, defining, numbering, linking, { RawBlock = raw, RawInline = raw }, setting }
