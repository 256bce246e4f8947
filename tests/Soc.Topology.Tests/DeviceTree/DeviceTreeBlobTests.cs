using Soc.Topology.DeviceTree;

namespace Soc.Topology.Tests.DeviceTree;

public class DeviceTreeBlobTests
{
    private static readonly DeviceTreeNode _tree = Sample();

    [Fact]
    public void What_is_written_is_read_again()
    {
        byte[] blob = DeviceTreeBlob.Write(_tree, bootHart: 2);
        DeviceTreeNode read = DeviceTreeBlob.Read(blob);
        Assert.Equal(DeviceTreeText.Write(_tree), DeviceTreeText.Write(read));
        Assert.Equal(blob, DeviceTreeBlob.Write(read, bootHart: 2));
        Assert.Equal([0, 0, 0, 2], blob[28..32]);
    }

    [Fact]
    public void A_property_reads_as_what_it_looks_like()
    {
        DeviceTreeNode read = DeviceTreeBlob.Read(DeviceTreeBlob.Write(_tree));
        DeviceTreeNode child = read.At("/bus/dev@10")!;
        Assert.Equal(["one", "two"], child.Find("compatible")!.Texts);
        Assert.Equal([0u, 0x10u, 0u, 0x1000u], child.Find("reg")!.Cells);
        Assert.True(child.Find("flag")!.Value.IsEmpty);
        Assert.Empty(child.Find("odd")!.Cells);
        Assert.Empty(child.Find("odd")!.Texts);
        Assert.Empty(child.Find("reg")!.Texts);
        Assert.Same(child, read.At("bus/dev"));
        Assert.Null(read.At("/bus/none"));
        Assert.Equal(
            """
            /dts-v1/;

            / {
            	model = "it's a \"test\"";

            	bus {
            		ranges;

            		dev@10 {
            			compatible = "one", "two";
            			reg = <0x0 0x10 0x0 0x1000>;
            			flag;
            			odd = [01 02 03];
            		};
            	};
            };

            """.ReplaceLineEndings("\n"),
            DeviceTreeText.Write(read));
    }

    [Fact]
    public void A_damaged_blob_is_an_error_and_never_anything_else()
    {
        byte[] blob = DeviceTreeBlob.Write(_tree);
        int refused = 0;
        for (int at = 0; at < blob.Length; at++)
        {
            foreach (byte value in new byte[] { 0, 1, 0x7F, 0xFF })
            {
                byte[] damaged = [.. blob];
                damaged[at] = value;
                refused += Refuses(damaged) ? 1 : 0;
            }

            Assert.True(Refuses(blob[..at]));
        }

        Assert.True(refused > 100);
    }

    private static bool Refuses(byte[] blob)
    {
        try
        {
            DeviceTreeBlob.Read(blob);
            return false;
        }
        catch (DeviceTreeException)
        {
            return true;
        }
    }

    private static DeviceTreeNode Sample()
    {
        DeviceTreeNode root = new DeviceTreeNode("").Texts("model", "it's a \"test\"");
        root.Add("bus").Flag("ranges").Add("dev@10").Texts("compatible", "one", "two").Wide("reg", 0x10, 0x1000).Flag("flag")
            .Set(new DeviceTreeProperty("odd", new byte[] { 1, 2, 3 }));
        return root;
    }
}
