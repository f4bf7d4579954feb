// The words of progress.

/// How far something has come, as text.
enum ProgressText {
    private static let barWidth = 30

    /// `[###########                   ] 3700 of 10000 events, 1850 per second, 4 s left`
    static func bar(done: Int, of total: Int, _ what: String, elapsed: Duration) -> String {
        let full = total > 0 ? min(barWidth, barWidth * done / total) : barWidth
        let bar = String(repeating: "#", count: full) + String(repeating: " ", count: barWidth - full)
        let perSecond = rate(done, elapsed)
        let left =
            perSecond > 0 && done < total
            ? ", \(Int((Double(total - done) / perSecond).rounded(.up))) s left" : ""
        return "[\(bar)] \(done) of \(total) \(what), \(rateText(done, elapsed))\(left)  "
    }

    /// `3700 of 10000 events, 1850 per second`
    static func line(done: Int, of total: Int, _ what: String, elapsed: Duration) -> String {
        "\(done) of \(total) \(what), \(rateText(done, elapsed))"
    }

    static func rate(_ count: Int, _ elapsed: Duration) -> Double {
        let seconds = seconds(elapsed)
        return seconds > 0 ? Double(count) / seconds : 0
    }

    /// `1850 per second`; slow rates with one digit more.
    static func rateText(_ count: Int, _ elapsed: Duration) -> String {
        let rate = rate(count, elapsed)
        let tenths = Int((rate * 10).rounded())
        return rate < 10 ? "\(tenths / 10).\(tenths % 10) per second" : "\(Int(rate.rounded())) per second"
    }

    /// `0.4 s`
    static func duration(_ duration: Duration) -> String {
        let tenths = Int((seconds(duration) * 10).rounded())
        return "\(tenths / 10).\(tenths % 10) s"
    }

    static func seconds(_ duration: Duration) -> Double {
        Double(duration.components.seconds) + Double(duration.components.attoseconds) / 1e18
    }
}
