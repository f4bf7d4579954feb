// Aligned columns of text.

/// A table with a head. Columns are as wide as their widest cell; there are no colours, so it is the same in a pipe.
struct TextTable: Hashable, Sendable {
    let head: [String]
    var rows: [[String]]

    init(_ head: [String], rows: [[String]] = []) {
        self.head = head
        self.rows = rows
    }

    /// - Parameter width: where lines are cut, for terminals; nil = nowhere.
    func text(width: Int? = nil) -> String {
        let lines = ([head] + rows).map { $0.map(TextWidth.printable) }
        let widths = head.indices.map { column in
            lines.map { column < $0.count ? TextWidth.of($0[column]) : 0 }.max() ?? 0
        }
        return lines.map { line in
            var text = ""
            for (column, cell) in line.enumerated() {
                text += cell
                if column < line.count - 1 {
                    text += String(repeating: " ", count: widths[column] - TextWidth.of(cell) + 2)
                }
            }
            while text.last == " " { text.removeLast() }
            return width.map { TextWidth.cut(text, to: $0) } ?? text
        }.joined(separator: "\n")
    }
}
