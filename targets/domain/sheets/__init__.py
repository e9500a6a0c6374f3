"""Sheets in and out: a file of any type becomes records, records become an official workbook. No Django; nothing is trusted.

In: bytes → `sniff` what they are → `guard` what may be parsed → `opened` sheets of shown text → `find` the forms → `form` makes a record.

The door
    `reader` (a file → records), `child` (the same as a process of its own), `nursery` (forks such processes)
What may be parsed
    `sniff`, `guard`, `archive` (a zip of files), `directory` (of a zip) and `parts` (those of an .xlsx), `ole` and `biff` (.xls), `docx_parts`
One type of file → shown text
    `opened` (the table of types)
    .xlsx: `plain` and `pieces` (long sheets), `formats`, `number_format`, `date_format`, `numerals`
    others: `ods`; `text` (csv, pasted) with `broken_lines`; `docx` with `docx_table`, `docx_text`, `docx_numbers`, `docx_words`
    `origin` and `placed` (where in a document it stood)
The sheet
    `cells` (the grid; labels as they are compared), `remembered` (what was found out about a text before)
The words of a form
    `layout` (what a layout is), `dressed` (words around its words), `layouts` (all of them, in the order they are tried)
    `project_v1`, `project_v4`, `project_v5`, `project_v6`, `project_v9`, `project_v10`, `project_v11`, `project_v13`, `project_adjusted`
    `plan_v2`, `plan_v8`, `plan_v12`
    `project_others`, `plan_others`, `project_shared`, `project_two_levels` (what several offices print besides)
Which forms a sheet holds
    `find`, `beside` (side by side), `across` (categories side by side become a list)
Above and below the table
    `head_reader` with `head_values` → `head`; `below`, `amounts`, `amounts_below` and `sole_amount`, `marks`, `names`, `lost_digits` (of a code)
    sections that some forms have: `money_table`, `task_table`, `terms` with `term_money`, `several` (of several years, before and after)
    `foot`, `signing`
The table
    `head_rows` → `header` (which column is what); `sign_column`, `level_column`, `number_column` (what a heading does not say)
    `meant` (what is told of headings), `table` (its rows) → `table_found`
    `straighten` with `shift` and `says` (cells that slipped)
    `sections` (categories in lines of their own), `carried` (blanks filled from above), `split` (glued cells), `indicator`
    `both_levels`, `named_values` (two fields in one cell), `value_columns` (one in several),
    `blanks` (which may have lost their merge), `heading_units` (指标值（%） over 95), `percents` (0.95 beside %)
    `rest` (what no field takes), `hidden` (rows and columns), `strays` (what not even a label names)
A list, one line an indicator
    `flat` (its columns), `flat_lines` → `flat_reader`, `list_shift` (slipped lines), `own_list` (ours, read as it was written)
A workbook of ours
    `proof` (still what its record prints)
What a person is told
    `problems`, `causes` (counts of them), `problem_list`; in his own file `annotate` with `problem_sheet`, `cell_notes`, `marked_cells`, `splice`
Out
    `writer` → `paint` (official forms), `blank_writer` (to fill in), `flat_writer`, `summary_writer`, `assessment_writer`
    `feedback_writer` (and `feedback`, which reads it back); `table_writer` and `list_sheet` are what lists share

A layout of a known form is a module beside the others and a line in `layouts`. Limits stand in `guard`; a new type of file begins in `sniff`.
"""
