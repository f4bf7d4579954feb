// Prints results in the form that was asked for.

import Flow
import Liquid

/// Where a command's results go: standard output, as text for people or as one JSON document.
struct Printer: Sendable {
    let format: OutputFormat

    var isJSON: Bool { format == .json }

    /// One document, or what stands for it.
    func print(json: @autoclosure () -> JSON, text: @autoclosure () -> String) throws {
        try Terminal.write((isJSON ? json().prettyText : text()) + "\n")
    }

    /// One document, or a table, cut to the terminal's width; `empty` where the table has no row.
    func print(json: @autoclosure () -> JSON, table: @autoclosure () -> TextTable, empty: String) throws {
        guard !isJSON else { return try Terminal.write(json().prettyText + "\n") }
        let table = table()
        try Terminal.write((table.rows.isEmpty ? empty : table.text(width: Terminal.width)) + "\n")
    }

    /// A line that only people read: nothing of it in JSON.
    func say(_ text: String) throws {
        if !isJSON { try Terminal.write(text + "\n") }
    }
}
