/// Texts that many share, each kept once as long as somebody uses it, and known by a number of 4 bytes.
struct InternedTexts: Sendable {
    private struct Text {
        let text: String
        var users: Int
    }

    private var numbers: [String: UInt32] = [:]
    private var texts: [Text?] = []
    private var free: [UInt32] = []

    var count: Int { numbers.count }

    subscript(number: UInt32) -> String {
        Int(number) < texts.count ? texts[Int(number)]?.text ?? "" : ""
    }

    /// Gives a text's number to one more user.
    mutating func take(_ text: String) -> UInt32 {
        if let number = numbers[text] {
            texts[Int(number)]?.users += 1
            return number
        }
        let new = Text(text: text, users: 1)
        let number: UInt32
        if let reused = free.popLast() {
            number = reused
            texts[Int(number)] = new
        } else {
            number = UInt32(texts.count)
            texts.append(new)
        }
        numbers[text] = number
        return number
    }

    /// One user less; the last one takes the text along.
    mutating func release(_ number: UInt32) {
        guard Int(number) < texts.count, let text = texts[Int(number)] else { return }
        guard text.users == 1 else {
            texts[Int(number)]?.users -= 1
            return
        }
        texts[Int(number)] = nil
        numbers[text.text] = nil
        free.append(number)
    }
}
