import Testing

@testable import Liquid

@Suite struct TextFilterTests {
    @Test(arguments: [
        Row("{{ 'Grüße' | upcase }}", "GRÜSSE"),
        Row("{{ 'ÄB' | downcase }}", "äb"),
        Row("{{ 'MY title' | capitalize }}", "My title"),
        Row("{{ '' | capitalize }}", ""),
        Row("[{{ ' \t a b \n' | strip }}]", "[a b]"),
        Row("[{{ ' a ' | lstrip }}]", "[a ]"),
        Row("[{{ ' a ' | rstrip }}]", "[ a]"),
        Row("{{ 'a' | append: 'b' | prepend: 1 }}", "1ab"),
        Row("{{ nothing | append: 'b' }}", "b"),
        Row("{{ 'a-b-c' | replace: '-', '+' }}", "a+b+c"),
        Row("{{ 'a-b-c' | replace: '-' }}", "abc"),
        Row("{{ 'ab' | replace: '', '.' }}", ".a.b."),
        Row("{{ s | replace: lf, '|' }}", "a\r|b", ["s": "a\r\nb", "lf": "\n"]),
        Row("{{ 'aaa' | replace: 'aa', 'b' }}", "ba"),
        Row("{{ 'a-b-c' | replace_first: '-', '+' }}", "a+b-c"),
        Row("{{ 'ab' | replace_first: '', '.' }}", ".ab"),
        Row("{{ 'a-b-c' | remove: '-' }}", "abc"),
        Row("{{ 'Ground control' | truncate: 9 }}", "Ground..."),
        Row("{{ 'Ground control' | truncate: 9, '…' }}", "Ground c…"),
        Row("{{ 'Ground' | truncate: 6 }}", "Ground"),
        Row("{{ 'Ground' | truncate: 2 }}", "..."),
        Row("{{ 'a b c' | truncatewords: 2 }}", "a b..."),
        Row("{{ 'a  b' | truncatewords: 2 }}", "a  b"),
        Row("{{ 'a b c' | truncatewords: 0, '' }}", "a"),
        Row("{{ 'héllo' | slice: 1 }}", "é"),
        Row("{{ 'hello' | slice: -3, 2 }}", "ll"),
        Row("{{ 'hello' | slice: 5 }}{{ 'hello' | slice: 9, 2 }}", ""),
        Row("{{ 'añb' | size }}", "3"),
    ]) func `texts are changed and cut`(row: Row) {
        #expect(outcome(row.source, row.context) == row.text)
    }

    @Test(arguments: [
        Row("{{ s | strip_newlines }}", "abc", ["s": "a\r\nb\nc"]),
        Row("{{ s | newline_to_br }}", "a<br />\nb", ["s": "a\r\nb"]),
        Row("{{ s | escape }}", "&lt;a href=&quot;&#39;&quot;&gt;&amp;amp;", ["s": "<a href=\"'\">&amp;"]),
        Row("{{ s | escape_once }}", "&amp; &#39; &amp;x &lt;", ["s": "&amp; &#39; &x <"]),
        Row("[{{ nothing | escape }}]", "[]"),
        Row(
            "{{ s | strip_html }}", "a b < c",
            ["s": "<p class='x'>a <!-- > -->b<script>1<2</script><style>x</style> < c"]),
        Row("{{ 'a b&c/é~_-.' | url_encode }}", "a+b%26c%2F%C3%A9~_-."),
        Row("{{ 'a+b%26%C3%a9%zz%' | url_decode }}", "a b&é%zz%"),
        Row(
            "{{ '%ff' | url_decode }}",
            "line 1, column 12: `url_decode` made bytes that are not UTF-8; encode the text as UTF-8"),
    ]) func `markup is made and taken away`(row: Row) {
        #expect(outcome(row.source, row.context) == row.text)
    }
}
