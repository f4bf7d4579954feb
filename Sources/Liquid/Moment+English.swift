/// Dates as the Liquid documentation writes them: `March 14, 2016`, `14 Mar 2016`, with an optional time.
extension Moment {
    init?(english text: String) {
        var words = text.utf8.split { $0.isWhitespace || $0 == UInt8(ascii: ",") }.map { Bytes.text($0) }
        guard (3...4).contains(words.count) else { return nil }
        if Moment.month(named: words[0]) == nil { words.swapAt(0, 1) }
        let time = words.count == 4 ? "T\(words[3])" : ""
        guard let month = Moment.month(named: words[0]), let day = Int(words[1]), (1...31).contains(day),
            words[2].utf8.count == 4
        else { return nil }
        self.init(
            iso8601: "\(words[2])-\(Moment.digits(month, 2))-\(Moment.digits(day, 2))\(time)")
    }

    /// 1 for "January" and "jan".
    private static func month(named name: String) -> Int? {
        let name = name.lowercased()
        let index = monthNames.firstIndex { $0.lowercased() == name || $0.lowercased().prefix(3) == name }
        return index.map { $0 + 1 }
    }
}
