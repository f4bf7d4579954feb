extension DocumentReader {
    /// One of the words of an enum; nil where there is none, or none of these.
    package func choice<Choice: RawRepresentable<String> & CaseIterable>(_ name: String) -> Choice? {
        guard let text = optionalString(name) else { return nil }
        if let choice = Choice(rawValue: text) { return choice }
        let words = Choice.allCases.map(\.rawValue).joined(separator: ", ")
        report("\(join(name)): “\(text)” is unknown; one of \(words)", at: optional(name)?.mark)
        return nil
    }
}
