// Aligned columns of text.

/// A table with a head. Columns are as wide as their widest cell; there are no colours, so it is the same in a pipe.
struct TextTable: Hashable, Sendable {
    /// A column is cut to this, or to its head, at least.
    private static let least = 8

    let head: [String]
    var rows: [[String]]
    /// Heads of columns that a narrow terminal does without, before any other is cut.
    private let spare: Set<String>
    /// The head of the column that has a line of its own below each row, where a terminal is still too narrow then.
    private let below: String?

    init(_ head: [String], rows: [[String]] = [], spare: Set<String> = [], below: String? = nil) {
        self.head = head
        self.rows = rows
        self.spare = spare
        self.below = below
    }

    /// - Parameter width: of the terminal, which the widest columns are cut for: each shows something, and the first, which
    ///   names the row, all. Nil = nothing is cut.
    func text(width: Int? = nil) -> String {
        let lines = ([head] + rows).map { $0.map(TextWidth.printable) }
        let widths = head.indices.map { column in
            lines.map { column < $0.count ? TextWidth.of($0[column]) : 0 }.max() ?? 0
        }
        guard let width, Self.total(widths) > width else {
            return Self.texts(lines, widths).joined(separator: "\n")
        }
        // What stands below its row is the last that a row goes without.
        let needed = head.indices.filter { !spare.contains(head[$0]) }
        let others = head.indices.filter { head[$0] != below }
        let choices = [needed, others, needed.filter { head[$0] != below }]
        let columns =
            below == nil
            ? needed
            : choices.first { columns in Self.total(columns.map { widths[$0] }) <= width } ?? choices[2]
        let kept = lines.map { line in columns.filter { $0 < line.count }.map { line[$0] } }
        let rows = Self.texts(kept, Self.cut(columns.map { widths[$0] }, kept.first ?? [], to: width))
        guard let column = head.firstIndex(where: { $0 == below }), !columns.contains(column) else {
            return rows.joined(separator: "\n")
        }
        return zip(rows, lines).map { row, line in
            guard column < line.count, !line[column].isEmpty else { return row }
            return "\(row)\n  \(TextWidth.cut(line[column], to: max(width - 2, Self.least)))"
        }.joined(separator: "\n")
    }

    private static func texts(_ lines: [[String]], _ widths: [Int]) -> [String] {
        lines.map { line in
            var text = ""
            for (column, cell) in line.enumerated() {
                let cell = TextWidth.cut(cell, to: widths[column])
                text += cell
                if column < line.count - 1 {
                    text += String(repeating: " ", count: widths[column] - TextWidth.of(cell) + 2)
                }
            }
            while text.last == " " { text.removeLast() }
            return text
        }
    }

    private static func total(_ widths: [Int]) -> Int {
        widths.reduce(0, +) + 2 * max(0, widths.count - 1)
    }

    /// Takes from the widest column until all fit, or each is at its least: then the terminal breaks the lines.
    private static func cut(_ widths: [Int], _ head: [String], to width: Int) -> [Int] {
        var widths = widths
        while total(widths) > width {
            let columns = widths.indices.dropFirst().filter {
                widths[$0] > max(least, TextWidth.of(head[$0]))
            }
            guard let widest = columns.max(by: { widths[$0] < widths[$1] }) else { break }
            widths[widest] -= 1
        }
        return widths
    }
}
