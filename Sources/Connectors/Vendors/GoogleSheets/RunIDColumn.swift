internal import Flow
internal import Liquid

/// The column of a sheet that holds run ids, and nothing else: `A` … `ZZZ`.
struct RunIDColumn {
    let letters: String
    /// Columns to its left.
    let index: Int

    /// Nil where the connection names none.
    init?(setting: String?) throws(EarlyEnd) {
        guard let setting else { return nil }
        letters = setting.uppercased()
        guard (1...3).contains(letters.utf8.count),
            letters.utf8.allSatisfy({ (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains($0) })
        else {
            throw EarlyEnd(
                .unauthorized(
                    reason:
                        "the connection's setting run_id_column should be a column's letters, like H, not “\(setting.prefix(20))”"
                ))
        }
        index = letters.utf8.reduce(0) { $0 * 26 + Int($1 - UInt8(ascii: "A")) + 1 } - 1
    }

    /// A row with the run's id in this column; the cells between stay empty.
    func put(_ run: String, into cells: [JSON]) throws(EarlyEnd) -> [JSON] {
        guard cells.count <= index else {
            throw .rejected(
                "not sent: the input row has \(cells.count) cells and reaches the column \(letters), which is for run ids"
            )
        }
        return cells + Array(repeating: .null, count: index - cells.count) + [.string(run)]
    }
}
