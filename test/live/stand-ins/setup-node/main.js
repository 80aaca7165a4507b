console.log(`asked for Node.js ${process.env["INPUT_NODE-VERSION"]}, running ${process.version}`);
