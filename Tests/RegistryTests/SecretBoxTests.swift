import Flow
import Registry
import Testing

@Suite("SecretBox") struct SecretBoxTests {
    private static let old = "k1:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA="
    private static let new = "k2:AQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQE="
    private static let connection = "slack@tea-house.myshopify.com"

    @Test func `what is sealed opens again`() throws {
        let box = try SecretBox(keys: Self.old)
        let sealed = try box.seal("s3cret — ünïcode", for: Self.connection)
        #expect(sealed.keyID == "k1")
        #expect(!sealed.sealed.contains("s3cret"))
        #expect(try box.open(sealed, for: Self.connection) == "s3cret — ünïcode")
    }

    @Test func `the same secret is sealed differently each time`() throws {
        let box = try SecretBox(keys: Self.old)
        #expect(try box.seal("s3cret", for: Self.connection) != box.seal("s3cret", for: Self.connection))
    }

    @Test func `a sealed text can't be moved to another connection`() throws {
        let box = try SecretBox(keys: Self.old)
        let sealed = try box.seal("s3cret", for: Self.connection)
        #expect(throws: RegistryError.self) { try box.open(sealed, for: "slack@*") }
    }

    @Test func `another key of the same name opens nothing`() throws {
        let sealed = try SecretBox(keys: Self.old).seal("s3cret", for: Self.connection)
        let other = try SecretBox(keys: SecretBox.generateKey(id: "k1"))
        let error = #expect(throws: RegistryError.self) { try other.open(sealed, for: Self.connection) }
        #expect(error?.description.contains("s3cret") == false)
    }

    @Test func `a key that is not configured is named`() throws {
        let sealed = try SecretBox(keys: Self.old).seal("s3cret", for: Self.connection)
        let error = #expect(throws: RegistryError.self) {
            try SecretBox(keys: Self.new).open(sealed, for: Self.connection)
        }
        #expect(
            error?.description.contains("sealed with the key k1, which is not configured (there are: k2)")
                == true)
    }

    @Test func `the first key seals and every key opens`() throws {
        let before = try SecretBox(keys: Self.old).seal("s3cret", for: Self.connection)
        let box = try SecretBox(keys: "\(Self.new), \(Self.old)")
        #expect(try box.open(before, for: Self.connection) == "s3cret")
        #expect(try box.seal("s3cret", for: Self.connection).keyID == "k2")
    }

    @Test(arguments: ["", "not base64", "AAAA"])
    func `damaged texts are refused`(_ text: String) throws {
        let box = try SecretBox(keys: Self.old)
        #expect(throws: RegistryError.self) {
            try box.open(SealedText(keyID: "k1", sealed: text), for: Self.connection)
        }
    }

    @Test(arguments: [
        ("", "key 1 has no id"),
        ("AAAA", "key 1 has no id"),
        ("k 1:AAAA", "the id of key 1 is not 1 to 40 letters, digits, - or _"),
        ("k1:hunter2!", "the key k1 is not base64"),
        ("k1:AAAA", "the key k1 has 3 bytes, not 32"),
        ("\(old),\(old)", "two keys have the id k1"),
    ])
    func `keys that can't be used are refused without being shown`(_ keys: String, _ reason: String) {
        let error = #expect(throws: RegistryError.self) { try SecretBox(keys: keys) }
        #expect(error?.description.contains(reason) == true)
        #expect(error?.description.contains("hunter2") == false)
    }

    @Test func `a generated key can be used, and a box doesn't show it`() throws {
        let text = SecretBox.generateKey(id: "k9")
        let box = try SecretBox(keys: text)
        #expect(box.sealingKeyID == "k9")
        #expect("\(box)" == "SecretBox(k9)")
    }

    @Test func `generated keys can stand beside each other`() throws {
        let ids = (0..<1_000).map { _ in SecretBox.freshID() }
        #expect(Set(ids).count == ids.count)
        let (new, old) = (SecretBox.generateKey(), SecretBox.generateKey())
        #expect(try new.hasPrefix(SecretBox(keys: "\(new),\(old)").sealingKeyID + ":"))
    }
}
