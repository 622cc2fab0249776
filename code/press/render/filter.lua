-- Quarto's blocks in Pandoc's terms: callouts, tabsets, numbered figures, tables and equations, references, links.
-- Read by press/render/pandoc.py. Labels and references were checked before (press/source/crossref.py), with file and line.

local words = { fig = "Figure", tbl = "Table", sec = "Section", eq = "Equation" }
local counts = { fig = 0, tbl = 0, eq = 0 }
local names = {}   -- label -> what a reference says: "Figure 1"
local bare = {}    -- label -> the number alone, for [-@fig-x]

local function kind_of(label) return label:match("^(%a+)%-") end

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

local function title_and_rest(div)
  local title, rest = nil, {}
  for _, block in ipairs(div.content) do
    if not title and #rest == 0 and block.t == "Header" then title = block.content else table.insert(rest, block) end
  end
  if div.attributes.title then title = pandoc.utils.blocks_to_inlines(pandoc.read(div.attributes.title, "markdown").blocks) end
  return title, rest
end

local function callout(div, kind)
  local title, rest = title_and_rest(div)
  title = title or { pandoc.Str(kind:sub(1, 1):upper() .. kind:sub(2)) }
  local collapse = div.attributes.collapse
  local class = 'class="callout callout-' .. kind .. '"'
  local id = div.identifier ~= "" and (' id="' .. div.identifier .. '"') or ""
  local out = {}
  if collapse then
    table.insert(out, html("<details " .. class .. id .. (collapse == "false" and " open" or "") .. '><summary class="callout-header">'))
    table.insert(out, pandoc.Plain(title))
    table.insert(out, html("</summary>"))
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

local function with_caption(name, inlines)
  local caption = { pandoc.Span({ pandoc.Str(name .. ":") }, { class = "caption-number" }), pandoc.Space() }
  for _, inline in ipairs(inlines) do table.insert(caption, inline) end
  return caption
end

local function float(div)
  local name, content, caption = number(div.identifier), {}, {}
  for _, block in ipairs(div.content) do table.insert(content, block) end
  local last = content[#content]
  if #content > 1 and (last.t == "Para" or last.t == "Plain") then
    caption = last.content
    table.remove(content)
  end
  local kind = kind_of(div.identifier)
  local figcaption = { html("<figcaption>"), pandoc.Plain(with_caption(name, caption)), html("</figcaption>") }
  local out = { html('<div id="' .. div.identifier .. '" class="quarto-float quarto-float-' .. kind .. '"><figure>') }
  if kind == "tbl" then for _, block in ipairs(figcaption) do table.insert(out, block) end end
  for _, block in ipairs(content) do table.insert(out, block) end
  if kind == "fig" then for _, block in ipairs(figcaption) do table.insert(out, block) end end
  table.insert(out, html("</figure></div>"))
  return out
end

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
    if kind_of(figure.identifier) == "fig" then
      local caption = figure.caption.long[1]
      local name = number(figure.identifier)
      if caption then caption.content = with_caption(name, caption.content) end
      figure.classes:insert("quarto-float")
      return figure
    end
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
    if (kind == "fig" or kind == "tbl") then return float(div) end
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
      if not name then error("@" .. citation.id .. " refers to nothing on this page", 0) end
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

-- What is raw and no HTML would be left out without a word.
local function raw(element)
  if element.format ~= "html" then error("raw TeX is printed nowhere: " .. element.text .. " (for math write $...$)", 0) end
end

return { numbering, linking, { RawBlock = raw, RawInline = raw } }
