using CsCheck;
using Soc.Checkers.Mpc;
using Soc.Memory;
using static Soc.Checkers.Tests.Mpc.MpcBench;

namespace Soc.Checkers.Tests.Mpc;

/// <summary>Random tables: verdicts, masks and scopes against section 2.5 read aloud on the words that software reads back.</summary>
public sealed class MpcPropertyTests
{
    private static readonly Gen<(int Word, uint Value)> GenWrite = Gen.Select(
        Gen.Int[0, 40], Gen.OneOf(Gen.UInt, Gen.Const(0U), Gen.Const(uint.MaxValue), Gen.Int[0, 31].Select(bit => 1U << bit)));

    [Fact]
    public void M44_verdicts_masks_scopes_and_records_agree_with_the_oracle() =>
        Gen.Select(GenWrite.Array[1, 12], Gen.Int[5, 13], Gen.Int[1, 200]).Sample(Check, iter: 30);

    private static void Check((int Word, uint Value)[] writes, int blockShift, int blocks)
    {
        using var bench = new MpcBench(new MpcOptions("mpc", 7, (ulong)blocks << blockShift) { BlockSize = 1UL << blockShift });
        int words = (int)bench.Get(BlkMax) + 1;
        bool[] before = Oracle(bench, words);
        foreach ((int word, uint value) in writes)
        {
            InvalidationScope? scope = bench.SetWord(word, value);
            bool[] after = Oracle(bench, words);
            int first = Array.FindIndex(Enumerable.Range(0, blocks).ToArray(), block => before[block] != after[block]);
            int last = Array.FindLastIndex(Enumerable.Range(0, blocks).ToArray(), block => before[block] != after[block]);
            InvalidationScope? expected = first < 0 ? null
                : new InvalidationScope(Base + ((ulong)first << blockShift), Alias + ((ulong)(last + 1) << blockShift) - 1, 3, AccessKinds.All);
            Assert.Equal(expected, scope);
            for (int block = 0; block < blocks; block++)
            {
                CheckBlock(bench, after, block, blockShift);
            }

            before = after;
        }
    }

    private static bool[] Oracle(MpcBench bench, int words) =>
        [.. Enumerable.Range(0, words).SelectMany(word =>
        {
            uint bits = bench.Word(word);
            return Enumerable.Range(0, 32).Select(bit => (bits & (1U << bit)) != 0);
        })];

    private static void CheckBlock(MpcBench bench, bool[] nonSecure, int block, int blockShift)
    {
        ulong offset = ((ulong)block << blockShift) + 4;
        for (int index = 0; index < 2; index++)
        {
            bool permitted = nonSecure[block] == (index == 1);
            foreach (AccessKind kind in Enum.GetValues<AccessKind>())
            {
                IommuTranslation answer = bench.Port.Translate(offset, kind, index);
                Assert.Equal((Base + offset, AccessKinds.All), (answer.Apply(offset), answer.Permissions));
                Assert.Same(permitted ? bench.Downstream : bench.Port.Blocked, answer.Target);
                Assert.True(answer.Mask >= (1UL << blockShift) - 1);
                for (ulong at = (offset & ~answer.Mask) >> blockShift; at <= (offset | answer.Mask) >> blockShift; at++)
                {
                    Assert.Equal(nonSecure[block], nonSecure[(int)at]);
                }
            }

            bench.Set(IntClear, 1);
            Assert.Equal(permitted, bench.Passes(index == 1 ? NonSecure() : Secure(), offset));
            Assert.Equal(permitted ? 0UL : 1UL, bench.Get(IntStat));
            if (!permitted)
            {
                Assert.Equal([offset, index == 1 ? 1UL << 16 : 1UL << 17], [bench.Get(IntInfo1), bench.Get(IntInfo2)]);
            }
        }
    }
}
