/// A card's description, with the run's id at its end: by it a later attempt finds the card.
enum TrelloDescription {
    /// Characters, at most: https://github.com/rwjdk/trello-dotnet/releases/tag/2.3.0. Counted as UTF-16, the strictest way.
    static let limit = 16_384

    /// What of the text doesn't fit beside the id is cut off.
    static func text(_ text: String?, run: String) -> String {
        let mark = "Sluice run \(run)"
        guard let text else { return mark }
        let room = limit - mark.utf16.count - 2
        guard text.utf16.count > room else { return "\(text)\n\n\(mark)" }
        let end = text.utf16.index(text.startIndex, offsetBy: room - 1)
        return "\(text[..<end])…\n\n\(mark)"
    }
}
