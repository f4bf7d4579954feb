/// The `date` filter: ISO 8601, Unix seconds and English dates in, `strftime` out. Text that is no date
/// passes unchanged, as Liquid has it.
extension Filter {
    static let dates: [Filter] = [
        Filter("date", 1...1) { value, arguments throws(Fault) in
            let format = try arguments.text(0)
            if case .string(let text) = value, Moment.isClockWord(text) { throw Moment.clockRefused(text) }
            guard !format.isEmpty, let moment = Moment(value) else { return value }
            return .string(try moment.text(format: format))
        }
    ]
}
