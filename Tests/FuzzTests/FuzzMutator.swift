import TestSupport

/// Damages valid inputs: bytes, pieces of grammar, numbers at their limits, repetitions, cuts, splices.
struct FuzzMutator {
    /// Bytes of a part, at most.
    static let lengthLimit = 60_000

    private static let pieces = [
        "\"", "\\", "\\u0000", "\\ud83c", "{", "}", "[", "]", ",", ":", "-", "+", ".", "e", "/", "%", "&",
        "*",
        "<", ">", "|", "#", "?", "@", "=", "'", "(", ")", "\n", "\r\n", "\t", " ", "\0", "é", "👩‍👩‍👧", "\u{202E}",
        "\u{FEFF}", "null", "true", "{{", "}}", "{%", "%}", "&a ", "*a", "- ", ": ", "---\n", "<script",
        "-->",
        "&amp;", "::", "%25", "xn--", "0x", "/../", "Infinity", "NaN",
        "\"\"\"", "$", "!", "...", "\\ud83c\\udf75",
    ].map { Array($0.utf8) }

    private static let numbers = [
        "0", "-0", "1", "-1", "255", "256", "65536", "2147483647", "-2147483648", "4294967296",
        "9007199254740993", "9223372036854775807", "-9223372036854775808", "9223372036854775808",
        "18446744073709551616", "99999999999999999999999999", "1e308", "1e309", "-1e-400", "0.1", "00",
        "1_000",
    ].map { Array($0.utf8) }

    let samples: [FuzzInput]

    func input(using random: inout SplitMix64) -> FuzzInput {
        var input = samples.randomElement(using: &random) ?? FuzzInput(parts: [[]])
        for _ in 0..<Int.random(in: 1...4, using: &random) { mutate(&input, using: &random) }
        return input
    }

    private func mutate(_ input: inout FuzzInput, using random: inout SplitMix64) {
        guard let place = input.parts.indices.randomElement(using: &random) else { return }
        switch Int.random(in: 0...15, using: &random) {
        case 0 where input.parts.count > 1: input.parts.remove(at: place)
        case 1 where input.parts.count > 1: input.parts.insert(input.parts[place], at: place)
        case 2 where input.parts.count > 1:
            input.parts.swapAt(place, Int.random(in: 0..<input.parts.count, using: &random))
        case 3:
            let other = samples.randomElement(using: &random)?.parts.randomElement(using: &random) ?? []
            input.parts[place] = other
        default:
            mutate(&input.parts[place], using: &random)
            if input.parts[place].count > Self.lengthLimit {
                input.parts[place].removeSubrange(Self.lengthLimit...)
            }
        }
    }

    private func mutate(_ bytes: inout [UInt8], using random: inout SplitMix64) {
        let place = Int.random(in: 0...bytes.count, using: &random)
        let end = min(bytes.count, place + Int.random(in: 1...12, using: &random))
        switch Int.random(in: 0...11, using: &random) {
        case 0: if place < bytes.count { bytes[place] ^= 1 << UInt8.random(in: 0...7, using: &random) }
        case 1: bytes.insert(.random(in: 0...255, using: &random), at: place)
        case 2: bytes.removeSubrange(place..<end)
        case 3: bytes.removeSubrange(place...)
        case 4, 5: bytes.insert(contentsOf: Self.pieces.randomElement(using: &random) ?? [], at: place)
        case 6, 7: replaceNumber(in: &bytes, from: place, using: &random)
        case 8:
            let part = Array(bytes[place..<end])
            bytes.insert(contentsOf: part, at: Int.random(in: 0...bytes.count, using: &random))
        case 9: splice(into: &bytes, at: place, using: &random)
        case 10: repeatPart(of: &bytes, place..<end, using: &random)
        default:
            let piece = Self.pieces.randomElement(using: &random) ?? []
            let count = Int.random(in: 1...400, using: &random)
            bytes.insert(contentsOf: [[UInt8]](repeating: piece, count: count).joined(), at: place)
        }
    }

    /// The first number from a place on becomes one at some limit; where there is none, one is put there.
    private func replaceNumber(in bytes: inout [UInt8], from place: Int, using random: inout SplitMix64) {
        let isDigit = { (byte: UInt8) in (0x30...0x39).contains(byte) }
        let start = bytes[place...].firstIndex(where: isDigit) ?? place
        let end = bytes[start...].firstIndex { !isDigit($0) } ?? bytes.count
        bytes.replaceSubrange(start..<end, with: Self.numbers.randomElement(using: &random) ?? [])
    }

    private func splice(into bytes: inout [UInt8], at place: Int, using random: inout SplitMix64) {
        let other = samples.randomElement(using: &random)?.parts.randomElement(using: &random) ?? []
        let start = Int.random(in: 0...other.count, using: &random)
        let end = Int.random(in: start...other.count, using: &random)
        if Bool.random(using: &random) {
            bytes.replaceSubrange(place..., with: other[start...])
        } else {
            bytes.insert(contentsOf: other[start..<end], at: place)
        }
    }

    /// A structure many times over, in itself or beside itself.
    private func repeatPart(of bytes: inout [UInt8], _ range: Range<Int>, using random: inout SplitMix64) {
        let wide =
            range.lowerBound..<min(bytes.count, range.lowerBound + Int.random(in: 1...80, using: &random))
        let part = Array(bytes[Bool.random(using: &random) ? wide : range])
        let count = 1 << Int.random(in: 1...9, using: &random)
        guard part.count * count <= Self.lengthLimit else { return }
        bytes.insert(contentsOf: [[UInt8]](repeating: part, count: count).joined(), at: range.lowerBound)
    }
}
