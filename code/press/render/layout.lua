-- Quarto's layouts, columns, conditional content and code files in the terms of HTML. Read by press/render/pandoc.py,
-- before filter.lua numbers what is left.

local HTML = { html = true, html4 = true, html5 = true, ["html:js"] = true }

local function html(text) return pandoc.RawBlock("html", text) end

local function without(attributes, pattern)
  for key in pairs(attributes) do
    if key:match(pattern) then attributes[key] = nil end
  end
end

-- A paragraph of nothing but images is an image a cell; one with a caption is a figure.
local function images_of(block)
  if block.t ~= "Para" and block.t ~= "Plain" then return nil end
  local images = pandoc.List()
  for _, inline in ipairs(block.content) do
    if inline.t == "Image" or (inline.t == "Link" and #inline.content == 1 and inline.content[1].t == "Image") then images:insert(inline)
    elseif inline.t ~= "Space" and inline.t ~= "SoftBreak" and inline.t ~= "LineBreak" then return nil end
  end
  return images:map(function(image)
    if image.t == "Link" or #image.caption == 0 then return pandoc.Para({ image }) end
    local attr = pandoc.Attr(image.identifier)
    local caption = { long = { pandoc.Plain(image.caption) } }
    image.identifier = ""
    return pandoc.Figure({ pandoc.Plain({ image }) }, caption, attr)
  end)
end

local function cells_of(div) -- the blocks of a layout: a heading begins one, and each other block is one
  local headed = div.content:find_if(function(block) return block.t == "Header" end)
  local cells = pandoc.List()
  for _, block in ipairs(div.content) do
    if headed and block.t ~= "Header" and #cells > 0 then cells[#cells]:insert(block)
    else
      for _, part in ipairs(images_of(block) or { block }) do cells:insert(pandoc.List({ part })) end
    end
  end
  return cells
end

local function rows_of(div, number) -- the widths of each row's cells; below 0 for a gap
  local rows = {}
  for row in (div.attributes.layout or ""):gmatch("%[([^%[%]]*)%]") do
    local widths = {}
    for width in row:gmatch("%-?[%d.]+") do table.insert(widths, tonumber(width)) end
    table.insert(rows, widths)
  end
  local columns = tonumber(div.attributes["layout-ncol"])
  local many = tonumber(div.attributes["layout-nrow"])
  columns = columns or (many and math.ceil(number / many)) or 1
  if #rows == 0 then
    local widths = {}
    for _ = 1, columns do table.insert(widths, 1) end
    rows = { widths }
  end
  return rows
end

local function row_of(cells, widths, more)
  local tracks = {}
  for _, width in ipairs(widths) do table.insert(tracks, string.format("minmax(0, %gfr)", math.abs(width))) end
  return pandoc.Div(cells, { class = "layout-row", style = "--columns: " .. table.concat(tracks, " ") .. (more or "") })
end

local SIDES = { left = "start", right = "end", center = "center", top = "start", bottom = "end", default = "start" }

local function layout(div)
  local cells = cells_of(div)
  local rows, out, at, row = rows_of(div, #cells), pandoc.List(), 1, 1
  local more = ""
  for key, property in pairs({ ["layout-align"] = "justify-items", ["layout-valign"] = "align-items" }) do
    local side = SIDES[div.attributes[key] or ""]
    if side then more = more .. "; " .. property .. ": " .. side end
  end
  while at <= #cells do
    local line = pandoc.List()
    for _, width in ipairs(rows[math.min(row, #rows)]) do
      if width < 0 then line:insert(pandoc.Div({}))
      elseif cells[at] then
        line:insert(pandoc.Div(cells[at]))
        at = at + 1
      end
    end
    if #line == 0 then break end
    out:insert(row_of(line, rows[math.min(row, #rows)], more))
    row = row + 1
  end
  without(div.attributes, "^layout")
  local caption = #out > 0 and div.identifier:match("^%a+%-") and div.content[#div.content]
  if caption and caption.t == "Para" and not images_of(caption) then -- the last paragraph is the figure's caption
    local last = out[#out]
    last.content:remove()
    if #last.content == 0 then out:remove() end
    out:insert(caption)
  end
  div.content = out
  return div
end

local function columns(div) -- `.columns` of `.column`
  local widths = {}
  for _, block in ipairs(div.content) do
    if block.t == "Div" then
      local percent = (block.attributes.width or ""):match("[%d.]+")
      table.insert(widths, tonumber(percent) or 100 / #div.content)
      without(block.attributes, "^width$")
    end
  end
  return row_of(div.content, widths)
end

local function shown(div) -- conditional content: whether a page of HTML has it
  local when, unless = div.attributes["when-format"], div.attributes["unless-format"]
  local visible = (when == nil or HTML[when] or false) and not (unless and HTML[unless])
  if div.classes:includes("content-hidden") then visible = not visible end
  return visible
end

local function hides(element)
  return (element.classes:includes("content-visible") or element.classes:includes("content-hidden")) and not shown(element)
end

-- What is marked as of another format, as {=latex}, is for that format alone.
local function raw(element)
  if element.format ~= "tex" and not HTML[element.format] then return {} end
end

return { {
  RawBlock = raw,
  RawInline = raw,
  traverse = "topdown",
  Span = function(span)
    if hides(span) then return {} end
    if span.classes:includes("aside") then return pandoc.Note({ pandoc.Para(span.content) }) end
  end,
  Div = function(div)
    if hides(div) then return {} end
    without(div.attributes, "^when%-")
    without(div.attributes, "^unless%-")
    if div.classes:includes("columns") then return columns(div) end
    if div.classes:includes("aside") then div.classes:insert("column-margin") end
    div.classes = div.classes:map(function(class)
      return class:match("^column%-") and class ~= "column-margin" and "column-wide" or class
    end)
    local span = div.classes:find_if(function(class) return class:match("^g%-col%-%d+") end)
    if span then div.attributes.style = "grid-column: span " .. span:match("%d+") end
    for key in pairs(div.attributes) do
      if key:match("^layout") then return layout(div) end
    end
    return div
  end,
  Image = function(image) -- what Quarto opens in a box is open to a click
    if not image.classes:includes("lightbox") then return nil end
    image.classes = image.classes:filter(function(class) return class ~= "lightbox" end) -- else it is met again, inside
    return pandoc.Link({ image }, image.src)
  end,
  Table = function(tbl)
    local total, widths = 0, {}
    for width in (tbl.attributes["tbl-colwidths"] or ""):gmatch("[%d.]+") do
      table.insert(widths, tonumber(width))
      total = total + tonumber(width)
    end
    for index, spec in ipairs(tbl.colspecs) do
      if #widths == #tbl.colspecs then tbl.colspecs[index] = { spec[1], widths[index] / total } end
    end
    without(tbl.attributes, "^tbl%-colwidths$")
    return tbl
  end,
  CodeBlock = function(code)
    local name, lines = code.attributes.filename, code.attributes["code-line-numbers"]
    if lines and lines ~= "false" then code.classes:insert("numberLines") end
    without(code.attributes, "^code%-line%-numbers$")
    without(code.attributes, "^filename$")
    if not name then return code end
    return pandoc.Div({ pandoc.Para({ pandoc.Code(name) }), code }, { class = "code-file" })
  end,
} }
